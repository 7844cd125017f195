#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The real disk.
package struct POSIXDisk: Disk {
  /// Whether data is on the disk, and not only in the system's memory, when a call returns.
  private let waits: Bool

  package init(waits: Bool = true) { self.waits = waits }

  package func makeFolder(_ path: String) throws(FileFailure) {
    if mkdir(path, 0o777) == 0 { return try synchronize(folder: folder(of: path)) }
    let code = errno
    switch code {
    case ENOENT where folder(of: path) != path && folder(of: path) != ".":
      try makeFolder(folder(of: path))
      guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
        throw FileFailure(.makeFolder, path: path, code: errno)
      }
      try synchronize(folder: folder(of: path))
    case EEXIST:
      var status = stat()
      guard stat(path, &status) == 0 else { throw FileFailure(.makeFolder, path: path, code: errno) }
      guard status.st_mode & S_IFMT == S_IFDIR else { throw FileFailure(.makeFolder, path: path, code: ENOTDIR) }
    default: throw FileFailure(.makeFolder, path: path, code: code)
    }
  }

  /// - Throws: if files can't be made in a folder.
  package func checkAccess(toFolder path: String) throws(FileFailure) {
    guard access(path, W_OK | X_OK) == 0 else { throw FileFailure(.write, path: path, code: errno) }
  }

  package func names(in folder: String) throws(FileFailure) -> [String] {
    guard let stream = opendir(folder) else { throw FileFailure(.list, path: folder, code: errno) }
    defer { closedir(stream) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(stream) {
      names.append(
        withUnsafeBytes(of: &entry.pointee.d_name) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        })
      errno = 0
    }
    guard errno == 0 else { throw FileFailure(.list, path: folder, code: errno) }
    return names.filter { $0 != "." && $0 != ".." }
  }

  package func contents(of path: String) throws(FileFailure) -> [UInt8] {
    // A pipe under that name mustn't keep us waiting for a writer.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw FileFailure(.read, path: path, code: errno) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw FileFailure(.read, path: path, code: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileFailure(.read, path: path, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
    }
    var failure: FileFailure?
    let size = Int(status.st_size)
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size, let start = buffer.baseAddress {
        let done = read(file, start + count, size - count)
        if done < 0, errno == EINTR { continue }
        if done < 0 { failure = FileFailure(.read, path: path, code: errno) }
        if done <= 0 { break }
        count += done
      }
    }
    if let failure { throw failure }
    return bytes
  }

  package func create(_ path: String, holding bytes: [UInt8]) throws(FileFailure) {
    let file = try create(path)
    defer { close(file) }
    try put(bytes, into: file, path)
    guard flush(file) else { throw FileFailure(.synchronize, path: path, code: errno) }
  }

  /// As ``create(_:holding:)``, piece by piece.
  func create(_ path: String, holding pieces: (_ append: ([UInt8]) throws -> Void) throws -> Void) throws {
    let file = try create(path)
    defer { close(file) }
    try pieces { try put($0, into: file, path) }
    guard flush(file) else { throw FileFailure(.synchronize, path: path, code: errno) }
  }

  private func create(_ path: String) throws(FileFailure) -> Int32 {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw FileFailure(.create, path: path, code: errno) }
    return file
  }

  /// Writes to what is there: a device, a pipe, or a file whose place can't be taken by another. A pipe is waited for
  /// until somebody reads it.
  func overwrite(_ path: String, with pieces: (_ append: ([UInt8]) throws -> Void) throws -> Void) throws {
    let file = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
    guard file >= 0 else { throw FileFailure(.write, path: path, code: errno) }
    do {
      try pieces { try put($0, into: file, path) }
    } catch {
      close(file)
      throw error
    }
    // Some file systems report only now that there was no space.
    guard close(file) == 0 else { throw FileFailure(.write, path: path, code: errno) }
  }

  private func put(_ bytes: [UInt8], into file: Int32, _ path: String) throws(FileFailure) {
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes { rest in
        rest.baseAddress.map { write(file, $0 + done, rest.count - done) } ?? 0
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw FileFailure(.write, path: path, code: written < 0 ? errno : EIO) }
      done += written
    }
  }

  package func move(_ path: String, to target: String) throws(FileFailure) {
    guard rename(path, target) == 0 else { throw FileFailure(.rename, path: target, code: errno) }
  }

  package func synchronize(folder: String) throws(FileFailure) {
    let file = open(folder, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw FileFailure(.synchronize, path: folder, code: errno) }
    defer { close(file) }
    // Some file systems can't synchronize folders: they have nothing to be waited for.
    guard flush(file) || errno == EINVAL else { throw FileFailure(.synchronize, path: folder, code: errno) }
  }

  package func delete(_ path: String) throws(FileFailure) {
    guard unlink(path) == 0 else { throw FileFailure(.remove, path: path, code: errno) }
  }

  private func flush(_ file: Int32) -> Bool {
    guard waits else { return true }
    #if canImport(Darwin)
      // On Darwin fsync leaves the data in the drive's cache.
      if fcntl(file, F_FULLFSYNC) == 0 { return true }
    #endif
    return fsync(file) == 0
  }
}

extension FileFailure {
  /// The system's number for "there already".
  package static var fileExists: Int32 { EEXIST }
}
