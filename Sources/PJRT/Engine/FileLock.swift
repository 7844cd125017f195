import Foundation

/// A lock between processes. The system lets it go when its holder ends, however it ends.
struct FileLock {
  private let descriptor: Int32

  /// - Parameter waiting: called if somebody else has the lock, before waiting for it.
  init(path: String, waiting: () -> Void) throws(EngineError) {
    descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.error(path) }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
    waiting()
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else {
        let error = Self.error(path)
        close(descriptor)
        throw error
      }
    }
  }

  func release() { close(descriptor) }

  private static func error(_ path: String) -> EngineError {
    .file(path: path, reason: "it can't be locked: \(String(cString: strerror(errno)))")
  }
}
