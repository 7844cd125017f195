import Files
import Foundation
import Synchronization

@testable import Checkpoints
@testable import Training

/// A disk on which one operation goes wrong, the one of that number.
final class FaultyDisk: Disk {
  enum Fault {
    /// The process is killed: nothing happens any more.
    case killed
    /// This one operation fails with the system's error number.
    case failing(Int32)
  }

  private let disk = POSIXDisk()
  private let fault: Fault
  private let fatal: Int
  private let done = Mutex(0)
  /// Changing operations that were begun.
  var count: Int { done.withLock { $0 } }

  init(_ fault: Fault, at fatal: Int) {
    self.fault = fault
    self.fatal = fatal
  }

  func makeFolder(_ path: String) throws(FileFailure) {
    try attempt(.makeFolder, path)
    try disk.makeFolder(path)
  }

  func create(_ path: String, holding bytes: [UInt8]) throws(FileFailure) {
    do throws(FileFailure) {
      try attempt(.write, path)
    } catch {
      // Some of it was written already.
      if isFatal { try disk.create(path, holding: Array(bytes.prefix(bytes.count / 2))) }
      throw error
    }
    try disk.create(path, holding: bytes)
  }

  func move(_ path: String, to target: String) throws(FileFailure) {
    try attempt(.rename, target)
    try disk.move(path, to: target)
  }

  func synchronize(folder: String) throws(FileFailure) {
    try attempt(.synchronize, folder)
    try disk.synchronize(folder: folder)
  }

  func delete(_ path: String) throws(FileFailure) {
    try attempt(.remove, path)
    try disk.delete(path)
  }

  func names(in folder: String) throws(FileFailure) -> [String] { try disk.names(in: folder) }
  func contents(of path: String) throws(FileFailure) -> [UInt8] { try disk.contents(of: path) }

  /// Whether the last operation was the one that goes wrong.
  private var isFatal: Bool { count == fatal + 1 }

  private func attempt(_ operation: FileFailure.Operation, _ path: String) throws(FileFailure) {
    let number = done.withLock { done in
      done += 1
      return done - 1
    }
    switch fault {
    case .killed where number >= fatal: throw FileFailure(operation, path: path, code: EINTR)
    case .failing(let code) where number == fatal: throw FileFailure(operation, path: path, code: code)
    default: break
    }
  }
}
