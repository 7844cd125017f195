import Foundation
import TestSupport
import Testing

@testable import Studies

/// The program on disks that are really full or may really only be read, where this machine lets us make them.
@Suite(.tags(.process), .enabled(if: TanrenProgram.exists, "the tanren program isn't built beside the tests"))
struct HostileDiskTests {
  private let folder: TemporaryFolder
  private let plan: String

  init() throws {
    folder = try TemporaryFolder()
    plan = folder("tiny.yml")
    try TinyStudies.plan(seeds: 1, epochs: 40).yaml().write(toFile: plan, atomically: true, encoding: .utf8)
  }

  private static func shell(_ script: String, _ arguments: String...) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script, "sh"] + arguments
    let output = Pipe()
    (process.standardOutput, process.standardError, process.standardInput) = (output, output, FileHandle.nullDevice)
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }

  private static let canMount =
    (try? shell("unshare -rm mount -t tmpfs -o size=100k none \"$1\"", NSTemporaryDirectory()).status) == 0

  /// Whether the program can be run by someone who isn't the superuser.
  private static let canBeAnother = (try? shell("\(another) \"$1\" --version", TanrenProgram.url.path).status) == 0
  private static let another = "setpriv --reuid 65534 --regid 65534 --clear-groups"

  /// A disk's size, the seeds, and what the error must say: it is full while the plan is stored, or after some epochs.
  @Test(
    .enabled(if: canMount, "this machine lets nobody mount a small disk"),
    arguments: [("48k", "1"), ("300k", "0..400"), ("500k", "1"), ("700k", "1")])
  func aFullDiskLosesNoFinishedEpoch(_ size: String, _ seeds: String) throws {
    let script = """
      mount -t tmpfs -o "size=$1" none "$2" && "$3" study run "$4" "seeds=$5" --store "$2/store.sqlite" --quiet
      status=$?; cp -r "$2/." "$6/"; exit $status
      """
    let (disk, saved) = (folder("disk"), folder("saved"))
    for path in [disk, saved] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    let path = "\(saved)/store.sqlite"
    let ended = try Self.shell(
      "exec unshare -rm sh -c '\(script)' sh \"$@\"", size, disk, TanrenProgram.url.path, plan, seeds, saved)
    #expect(ended.status == 1, "\(ended.output)")
    #expect(ended.output.hasPrefix("Error: "), "\(ended.output)")
    #expect(ended.output.contains("Free some space"), "\(ended.output)")
    guard seeds == "1" else {
      // Nothing of a plan that doesn't fit is there.
      #expect(try StudyStore(path, access: .read).studies().isEmpty)
      return
    }
    if size != "48k" {
      let store = try StudyStore(path, access: .read)
      let epochs = try store.results(of: store.study(nil)).runs.flatMap { $0.history.epochs.map(\.epoch) }
      #expect(epochs.count > 5 && epochs.count < 80)
    }
    // With more space it goes on, to the results of an undisturbed study.
    try TanrenProgram.run("study", "run", plan, "--store", path, "--quiet")
    let reference = folder("reference.sqlite")
    try TanrenProgram.run("study", "run", plan, "--store", reference, "--quiet")
    let (one, other) = (try StudyStore(reference, access: .read), try StudyStore(path, access: .read))
    #expect(StudyDiff(try one.results(of: one.study(nil)), try other.results(of: other.study(nil))).isEmpty)
  }

  @Test(.enabled(if: getuid() == 0 && canBeAnother, "this needs the superuser, who can be someone else"))
  func aStoreThatMayOnlyBeReadIsReadAndNotWritten() throws {
    let path = folder("store.sqlite")
    try StudyStore(path).register(TinyStudies.plan(seeds: 1))
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let script = """
      chmod 444 "$1" && chmod 555 "$2" || exit 99
      \(Self.another) "$3" study list --store "$1" || exit 98
      \(Self.another) "$3" study worker --store "$1"
      """
    let ended = try Self.shell(script, path, folder.path, TanrenProgram.url.path)
    #expect(ended.status == 2, "\(ended.output)")
    #expect(ended.output.contains("tiny"))
    #expect(ended.output.contains("Error: the store \(path) may only be read."), "\(ended.output)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }
}
