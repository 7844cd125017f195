import Foundation
import TestSupport
import Testing

@testable import Peers

/// What the processes of a training are told: where to meet, who they are, and the token.
@Suite(.tags(.unit)) struct SettingTests {
  @Test func placesAreRead() throws {
    #expect(try RendezvousPlace("tcp://node1:7400") == .tcp(host: "node1", port: 7400))
    #expect(try RendezvousPlace("tcp://[::1]:7400") == .tcp(host: "::1", port: 7400))
    #expect(try RendezvousPlace("tcp://[::1]:7400").description == "tcp://[::1]:7400")
    #expect(try RendezvousPlace("/shared/runs/") == .folder("/shared/runs"))
    #expect(try RendezvousPlace("/shared/a/../b") == .folder("/shared/b"))
  }

  @Test(arguments: [
    "", "tcp://", "tcp://node1", "tcp://node1:", "tcp://node1:70000", "tcp://:7400", "tcp://a/b:7400",
    "tcp://me@node1:7400", "http://node1:7400", "tcp://node1:-1",
  ]) func otherPlacesAreRefused(text: String) {
    let error = #expect(throws: RendezvousError.self) { try RendezvousPlace(text) }
    #expect(error?.description.contains("tcp://") == true)
  }

  @Test func slurmSaysWhoATaskIs() {
    let task = [
      "SLURM_JOB_ID": "42", "SLURM_STEP_ID": "0", "SLURM_NTASKS": "8", "SLURM_PROCID": "3", "SLURM_RESTART_COUNT": "2",
    ]
    #expect(SlurmTask(environment: task) == SlurmTask(count: 8, id: 3, run: "slurm-42.0.2"))
    #expect(SlurmTask(environment: task.filter { $0.key != "SLURM_RESTART_COUNT" })?.run == "slurm-42.0.0")
    #expect(SlurmTask(environment: task.filter { $0.key != "SLURM_PROCID" }) == nil)
    #expect(SlurmTask(environment: [:]) == nil)
  }

  @Test func impossibleSettingsAreRefused() throws {
    let folder = RendezvousPlace.folder("/shared")
    for (count, id) in [(0, 0), (-1, 0), (2, 2), (2, -1), (70_000, 1), (Int.max, 1)] {
      #expect(throws: RendezvousError.self) { try Peers(count: count, id: id, at: folder) }
    }
    for run in ["", "a/b", "..", ".hidden", "a b", "é", String(repeating: "a", count: 101)] {
      #expect(throws: RendezvousError.self, "\(run)") { try Peers(count: 2, id: 0, at: folder, run: run) }
    }
    for patience in [Peers.Patience(arrival: .zero), Peers.Patience(silence: .seconds(-1))] {
      #expect(throws: RendezvousError.self) { try Peers(count: 2, id: 0, at: folder, patience: patience) }
    }
    let error = #expect(throws: RendezvousError.self) { try Peers(count: 2, id: 0, at: .tcp(host: "a", port: 1)) }
    #expect(error?.description.contains("TANREN_TOKEN") == true)
    _ = try Peers(count: 1, id: 0, at: folder, run: "slurm-42.0_a")
  }

  /// The test cases 1, 2 and 6 of RFC 4231, whose keys are padded to 16 bytes where they are shorter, which changes nothing.
  @Test func digestsAreHMACs() throws {
    let cases: [(key: String, message: String, digest: String)] = [
      (
        String(repeating: "\u{0b}", count: 20), "Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
      ),
      (
        "Jefe" + String(repeating: "\0", count: 12), "what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
      ),
    ]
    for (key, message, digest) in cases {
      let token = try RendezvousToken(exactly: Array(key.utf8))
      let bytes = Array(message.utf8)
      #expect(SHA256.hexadecimal(token.digest(of: bytes)) == digest)
      #expect(token.confirms(token.digest(of: bytes), of: bytes))
    }
    let long = try RendezvousToken(exactly: [UInt8](repeating: 0xaa, count: 131))
    #expect(
      SHA256.hexadecimal(long.digest(of: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)))
        == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
  }

  @Test func aDigestIsConfirmedOnlyWhole() throws {
    let token = try RendezvousToken("0123456789abcdef")
    let digest = token.digest(of: [1, 2, 3])
    for place in digest.indices {
      var changed = digest
      changed[place] ^= 1
      #expect(!token.confirms(changed, of: [1, 2, 3]))
    }
    #expect(!token.confirms(Array(digest.dropLast()), of: [1, 2, 3]))
    #expect(!token.confirms([], of: [1, 2, 3]))
    #expect(!token.confirms(digest, of: [1, 2, 4]))
    #expect(!(try RendezvousToken("0123456789abcdeg")).confirms(digest, of: [1, 2, 3]))
  }

  @Test func tokensAreLongAndTheirFilesAreSecret() throws {
    #expect(throws: RendezvousError.self) { try RendezvousToken("short") }
    #expect(throws: RendezvousError.self) { try RendezvousToken(String(repeating: " ", count: 40)) }
    let folder = try TemporaryFolder()
    let path = try folder.write("0123456789abcdef\n", to: "token")
    chmod(path, 0o600)
    let token = try RendezvousToken(file: path)
    #expect(token.confirms(try RendezvousToken("0123456789abcdef").digest(of: [7]), of: [7]))
    chmod(path, 0o644)
    let open = #expect(throws: RendezvousError.self) { try RendezvousToken(file: path) }
    #expect(open?.description.contains("chmod 600") == true)
    #expect(throws: RendezvousError.file(FileFailure(.read, path: folder("none"), code: ENOENT))) {
      try RendezvousToken(file: folder("none"))
    }
  }
}
