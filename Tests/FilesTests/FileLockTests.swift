import Foundation
import TestSupport
import Testing

@testable import Files

@Suite(.tags(.unit)) struct FileLockTests {
  private let path = FileManager.default.temporaryDirectory.path + "/tanren-lock-\(UUID().uuidString)"

  @Test func theSecondHolderWaits() async throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let first = try FileLock(path: path) { Issue.record("nobody held the lock") }
    let path = path
    let second = Task {
      var hasWaited = false
      let lock = try FileLock(path: path) {
        hasWaited = true
        first.release()
      }
      lock.release()
      return hasWaited
    }
    #expect(try await second.value)
  }

  @Test func aMissingFolderIsReported() {
    #expect(throws: FileFailure(.lock, path: path + "/missing/lock", code: ENOENT)) {
      try FileLock(path: path + "/missing/lock") {}
    }
  }
}
