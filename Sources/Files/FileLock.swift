import Foundation

/// A lock between processes. The system releases it when its holder ends, however it ends.
package struct FileLock {
  private let descriptor: Int32

  /// Waits until the lock is free.
  /// - Parameter waiting: called before waiting, if another process holds the lock.
  package init(path: String, waiting: () -> Void) throws(FileFailure) {
    descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileFailure(.lock, path: path, code: errno) }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
    waiting()
    while flock(descriptor, LOCK_EX) != 0 {
      let code = errno
      guard code == EINTR else {
        close(descriptor)
        throw FileFailure(.lock, path: path, code: code)
      }
    }
  }

  package func release() { close(descriptor) }
}
