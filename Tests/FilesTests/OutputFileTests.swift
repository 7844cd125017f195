import Foundation
import TestSupport
import Testing

@testable import Files

/// What may be at the place of an output, and what must be there afterwards.
@Suite(.tags(.unit)) final class OutputFileTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
    "tanren-files-\(UUID().uuidString)"
  ).path

  init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func path(_ name: String) -> String { folder + "/" + name }
  private func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }
  private func write(_ text: String, to name: String) throws { try OutputFile.write(Array(text.utf8), to: path(name)) }

  private func status(_ name: String) -> stat {
    var status = stat()
    lstat(path(name), &status)
    return status
  }

  @Test func newFilesAreWritten() throws {
    try write("one", to: "a.txt")
    #expect(try text("a.txt") == "one")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.txt"])
    #expect(throws: FileFailure(.write, path: path("none/a.txt"), code: ENOENT)) { try write("", to: "none/a.txt") }
    #expect(throws: FileFailure(.write, path: folder + "/", code: EISDIR)) { try write("", to: "") }
  }

  @Test func filesAreWrittenInPieces() throws {
    try OutputFile.write(to: path("a.txt")) { append in
      for word in ["one ", "two ", "three"] { try append(Array(word.utf8)) }
    }
    #expect(try text("a.txt") == "one two three")
    struct Stopped: Error {}
    #expect(throws: Stopped.self) {
      try OutputFile.write(to: path("a.txt")) { append in
        try append(Array("four".utf8))
        throw Stopped()
      }
    }
    // What isn't whole isn't there.
    #expect(try text("a.txt") == "one two three")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.txt"])
  }

  @Test(arguments: [0o600, 0o644, 0o755, 0o666]) func filesKeepTheirPermissions(_ permissions: mode_t) throws {
    try write("one", to: "a.txt")
    chmod(path("a.txt"), permissions)
    let before = status("a.txt")
    try write("two", to: "a.txt")
    #expect(try text("a.txt") == "two")
    #expect(status("a.txt").st_mode & 0o7777 == permissions)
    // Another file: whoever reads the old one reads it to its end.
    #expect(status("a.txt").st_ino != before.st_ino)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.txt"])
  }

  @Test func linksStayLinks() throws {
    try FileManager.default.createDirectory(atPath: path("below"), withIntermediateDirectories: true)
    try write("old", to: "below/real.txt")
    for (link, target) in [
      ("there", "below/real.txt"), ("twice", "there"), ("absent", "below/new.txt"), ("far", path("far.txt")),
    ] {
      symlink(target, path(link))
      try write(link, to: link)
      #expect(status(link).st_mode & S_IFMT == S_IFLNK)
      #expect(try text(link) == link)
    }
    #expect(try text("below/real.txt") == "twice" && text("below/new.txt") == "absent" && text("far.txt") == "far")
    symlink("circle", path("circle"))
    #expect(throws: FileFailure(.write, path: path("circle"), code: ELOOP)) { try write("", to: "circle") }
  }

  @Test func devicesAndPipesAreWrittenTo() throws {
    try OutputFile.write([1, 2], to: "/dev/null")
    var status = stat()
    #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    mkfifo(path("pipe"), 0o600)
    let reader = open(path("pipe"), O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    try write("through", to: "pipe")
    var bytes = [UInt8](repeating: 0, count: 20)
    #expect(read(reader, &bytes, 20) == 7 && bytes.starts(with: "through".utf8))
    #expect(self.status("pipe").st_mode & S_IFMT == S_IFIFO)
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))) func aFullDeviceIsTold() throws {
    #expect(throws: FileFailure(.write, path: "/dev/full", code: ENOSPC)) { try OutputFile.write([1], to: "/dev/full") }
    symlink("/dev/full", path("full"))
    #expect(throws: FileFailure(.write, path: path("full"), code: ENOSPC)) { try write("a", to: "full") }
    #expect(FileFailure(.write, path: "x", code: ENOSPC).isDiskFull)
  }

  @Test func whatFoundationSaysHasANumber() {
    func failure(_ body: () throws -> Void) -> Int32? {
      do { try body() } catch { return FileFailure(.write, path: "x", error).code }
      return nil
    }
    #expect(failure { _ = try Data(contentsOf: URL(fileURLWithPath: path("none"))) } == ENOENT)
    #expect(failure { try Data().write(to: URL(fileURLWithPath: path("none/a"))) } == ENOENT)
    #expect(failure { throw CocoaError(.fileWriteOutOfSpace) } == ENOSPC)
    #expect(failure { throw POSIXError(.EROFS) } == EROFS)
    struct Other: Error {}
    #expect(failure { throw Other() } == EIO)
  }
}
