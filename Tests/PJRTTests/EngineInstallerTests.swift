import Foundation
import PJRT
import TestSupport
import Testing

private let realPython = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  .map { "\($0)/python3" }.first { FileManager.default.isExecutableFile(atPath: $0) }

/// Installing with a Python whose `pip` copies a file instead of downloading one.
@Suite(.tags(.process), .enabled(if: realPython != nil, "needs python3"))
struct EngineInstallerTests {
  let folder: TemporaryFolder
  let archive: String
  let digest: String

  init() throws {
    folder = try TemporaryFolder()
    archive = folder.path + "/part-1.0-py3-none-any.whl"
    digest = try Self.pack("a plugin", in: folder, as: archive)
  }

  /// Makes a wheel with one library.
  /// - Parameter record: what the wheel's list says of the library; nil for no list.
  /// - Returns: the wheel's digest.
  private static func pack(
    _ library: String, in folder: TemporaryFolder, as archive: String,
    record: String? = "sha256=vB3kW_pABssWleGU2b32UyrxTjI95mpb0TsUYYSxXTA,8"
  ) throws -> String {
    let package = "package-\(UUID().uuidString)"
    _ = try folder.write(library, to: package + "/inside/plugin.so")
    var parts = ["inside"]
    if let record {
      _ = try folder.write(
        "inside/plugin.so,\(record)\npart-1.0.dist-info/RECORD,,\n", to: package + "/part-1.0.dist-info/RECORD")
      parts.append("part-1.0.dist-info")
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: realPython ?? "")
    process.arguments = ["-m", "zipfile", "-c", archive] + parts.map { "\(folder.path)/\(package)/\($0)" }
    try process.run()
    process.waitUntilExit()
    return try SHA256.hex(ofFile: archive)
  }

  /// - Parameter download: shell commands in place of `pip download`, given `$dest`.
  private func installer(
    _ download: String = "cp \"$archive\" \"$dest\"", sha256: String? = nil, library: String = "plugin.so",
    version: String? = "1.0"
  ) throws -> EngineInstaller {
    let script = """
      #!/bin/sh
      archive='\(archive)'
      if [ "$2" != pip ]; then exec '\(realPython ?? "")' "$@"; fi
      echo "$@" >> '\(folder.path)/calls'
      while [ "$1" != --dest ]; do shift; done
      dest=$2
      \(download)
      """
    let wheel = EngineWheel(
      name: "part", version: version, platform: .current, device: "cpu", sha256: sha256 ?? digest, library: library,
      isTested: true)
    return EngineInstaller(
      folder: folder.path + "/engine", wheels: [wheel],
      python: try folder.write(script, to: "python-\(UUID().uuidString)", executable: true))
  }

  /// What an installation tells, but for waiting: processes that other tests start hold its lock for a moment.
  private func events(of installer: EngineInstaller) throws -> [EngineInstaller.Event] {
    var events: [EngineInstaller.Event] = []
    try installer.install { events.append($0) }
    return events.filter { $0 != .waiting }
  }

  private var installed: String? {
    try? String(contentsOfFile: folder.path + "/engine/part-1.0/inside/plugin.so", encoding: .utf8)
  }
  private var calls: Int {
    ((try? String(contentsOfFile: folder.path + "/calls", encoding: .utf8)) ?? "").split(separator: "\n").count
  }
  /// What lies in the folder besides the lock.
  private var left: [String] { folder.names("engine").filter { $0 != ".lock" } }

  @Test func installsOnce() throws {
    let installer = try installer()
    let events = try events(of: installer)
    let wheel = installer.wheels[0]
    let path = folder.path + "/engine/part-1.0/inside/plugin.so"
    #expect(events == [.downloading(wheel), .unpacking(wheel), .installed(wheel, path: path)])
    #expect(installed == "a plugin" && left == ["part-1.0"])
    let calls = try String(contentsOfFile: folder.path + "/calls", encoding: .utf8)
    #expect(calls.contains("--no-deps") && calls.contains("part==1.0"))
    #expect(try self.events(of: installer) == [.present(wheel)] && self.calls == 1)
    try installer.install(replacing: true)
    #expect(self.calls == 2 && installed == "a plugin" && left == ["part-1.0"])
  }

  @Test func refusesAnotherFile() throws {
    let error = #expect(throws: EngineError.self) {
      try installer(sha256: String(repeating: "0", count: 64)).install()
    }
    #expect(error?.description.contains("it isn't the pinned file") == true)
    #expect(left.isEmpty)
    #expect(throws: EngineError.self) { try installer("printf x >> \"$archive\"; cp \"$archive\" \"$dest\"").install() }
    #expect(left.isEmpty)
  }

  @Test func saysWhatPipSaid() throws {
    let error = #expect(throws: EngineError.self) { try installer("echo 'ERROR: no network' >&2; exit 1").install() }
    #expect(error?.description.contains("ERROR: no network") == true)
    #expect(throws: EngineError.self) { try installer("true").install() }
    #expect(throws: EngineError.self) { try installer("kill -9 $$").install() }
    #expect(left.isEmpty)
    var none = try installer()
    none.python = "/no/such/python3"
    #expect(throws: EngineError.self) { try none.install() }
    none.python = "no-such-python3"
    #expect(throws: EngineError.self) { try none.install() }
    none.wheels = []
    #expect(throws: EngineError.self) { try none.install() }
    #expect(left.isEmpty)
  }

  @Test func refusesAPackageWithoutTheLibrary() throws {
    let error = #expect(throws: EngineError.self) { try installer(library: "other.so").install() }
    #expect(error?.description.contains("holds no other.so") == true)
    #expect(left.isEmpty)
  }

  @Test func mendsWhatAnInterruptionLeft() throws {
    // As an interruption leaves it: work in progress, and a package that somebody emptied.
    _ = try folder.write("half", to: "engine/.installing-1/download/part-1.0-py3-none-any.whl")
    _ = try folder.write("", to: "engine/part-1.0/README")
    try installer().install()
    #expect(installed == "a plugin" && left == ["part-1.0"])
    #expect(folder.names("engine/part-1.0") == ["inside", "part-1.0.dist-info"])
  }

  /// Another byte, a piece missing, a file gone, and no list of what there should be.
  @Test(arguments: [("inside/plugin.so", "b plugin"), ("inside/plugin.so", "a plu"), ("part-1.0.dist-info/RECORD", "")])
  func repairsWhatIsDamaged(_ file: String, _ contents: String) throws {
    let installer = try installer()
    try installer.install()
    _ = try folder.write(contents, to: "engine/part-1.0/" + file)
    let events = try events(of: installer)
    guard events.count == 4, case .damaged(installer.wheels[0], let reason) = events[0] else {
      Issue.record("\(events)")
      return
    }
    #expect(reason.contains("engine/part-1.0") && reason.contains("is damaged"), "\(reason)")
    #expect(events[1] == .downloading(installer.wheels[0]))
    #expect(installed == "a plugin" && left == ["part-1.0"] && calls == 2)
    #expect(try self.events(of: installer) == [.present(installer.wheels[0])])
  }

  @Test(arguments: [
    "sha256=0000000000000000000000000000000000000000000,8", "sha256=vB3kW_pABssWleGU2b32UyrxTjI95mpb0TsUYYSxXTA,9", nil,
  ])
  func refusesAPackageThatIsNotAsItsListHasIt(_ record: String?) throws {
    let digest = try Self.pack("a plugin", in: folder, as: archive, record: record)
    let error = #expect(throws: EngineError.self) { try installer(sha256: digest).install() }
    #expect(error?.description.contains("was unpacked wrongly") == true, "\(String(describing: error))")
    #expect(left.isEmpty)
  }

  @Test func waitsForAnother() async throws {
    // The first to come holds the lock until the second says that it waits.
    let sign = folder.path + "/second-waits"
    let slow = try installer("while [ ! -e '\(sign)' ]; do sleep 0.01; done; cp \"$archive\" \"$dest\"")
    let waits = Counter()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<2 {
        group.addTask {
          try slow.install { event in
            guard event == .waiting else { return }
            waits.increment()
            _ = FileManager.default.createFile(atPath: sign, contents: nil)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(waits.value == 1 && calls == 1)
    #expect(installed == "a plugin" && left == ["part-1.0"])
  }

  @Test func saysWhenNothingIsChecked() throws {
    var installer = try installer()
    let pinned = installer.wheels[0]
    let wheel = EngineWheel(
      name: pinned.name, version: nil, platform: pinned.platform, device: pinned.device, sha256: nil,
      library: pinned.library, isTested: false)
    installer.wheels = [wheel]
    #expect(try events(of: installer).contains(.unchecked(wheel)) && left == ["part"])
  }

  @Test func pinsWhatTheProjectTestsWith() {
    let wheels = EngineWheel.Platform.allCases.flatMap(EngineWheel.pinned(for:))
    #expect(Set(wheels.map { "\($0.platform) \($0.folder)" }).count == wheels.count)
    for wheel in wheels where wheel.isTested { #expect(wheel.sha256?.count == 64 && wheel.version != nil) }
    #expect(EngineWheel.pinned(for: .linuxX86).count == 3 && EngineWheel.pinned(for: .other).isEmpty)
    // As pip reads them in a file of requirements.
    for wheel in EngineWheel.pinned(for: .linuxX86) {
      #expect(wheel.hashedRequirement.contains(/^[a-z0-9-]+==[0-9.]+ --hash=sha256:[0-9a-f]{64}$/))
    }
  }

  @Test func enginesHaveNames() throws {
    let names = EngineWheel.engines(for: .linuxX86).map(\.name)
    #expect(names.first == "xla-cpu-pjrt" && names.contains("lammps-jax-pjrt-cpu") && Set(names).count == names.count)
    #expect(try EngineWheel.parts(for: .linuxX86) == EngineWheel.pinned(for: .linuxX86))
    for name in names {
      let parts = try EngineWheel.parts(of: name, for: .linuxX86)
      #expect(parts.map(\.name) == [name, "onednn-cpu-gomp", "scipy-openblas32"])
      #expect(parts.allSatisfy { $0.sha256?.count == 64 && $0.version != nil })
    }
    let error = #expect(throws: EngineError.self) { try EngineWheel.parts(of: "jaxlib", for: .linuxX86) }
    #expect(
      error?.description.contains("'jaxlib'") == true && error?.description.contains("xla-cpu-pjrt, lammps") == true)
  }
}
