import Arrays
import Files
import Formats
import Foundation

/// One published file, fetched with `curl` from the first mirror that has it, checked, then renamed into place: the
/// folder only ever holds whole, verified files.
struct Download: Sendable {
  var name: String
  /// Addresses of folders, each ending in a slash.
  var mirrors: [String]
  var byteCount: Int
  var sha256: String

  private static let pollSeconds = 0.1

  func fetch(into folder: String, progress: DownloadProgress?) throws(DatasetError) {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw DatasetError(.unwritable(FileFailure(.makeFolder, path: folder, error)), path: folder)
    }
    // The process id keeps two programs from writing into each other's file.
    let partial = folder + "/\(name).\(ProcessInfo.processInfo.processIdentifier).part"
    defer { try? FileManager.default.removeItem(atPath: partial) }
    var failure: DatasetError?
    for mirror in mirrors {
      do throws(DatasetError) {
        try fetch(mirror + name, to: partial, progress: progress)
        try check(partial, address: mirror + name)
        try move(partial, to: folder + "/" + name)
        return
      } catch {
        failure = error
        if case .unwritable = error.problem { break }
      }
    }
    throw failure ?? DatasetError(.downloadFailed(address: name, reason: "no mirror is known"))
  }

  private func fetch(_ address: String, to path: String, progress: DownloadProgress?) throws(DatasetError) {
    let curl = Process()
    let complaints = Pipe()
    curl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    curl.arguments = [
      "curl", "--fail", "--location", "--silent", "--show-error", "--connect-timeout", "15",
      "--speed-limit", "1000", "--speed-time", "30", "--max-filesize", String(byteCount),
      "--output", path, "--", address,
    ]
    curl.standardInput = FileHandle.nullDevice
    curl.standardOutput = FileHandle.nullDevice
    curl.standardError = complaints
    do {
      try curl.run()
    } catch {
      throw DatasetError(.downloadFailed(address: address, reason: "curl can't be started"))
    }
    while curl.isRunning {
      let received = size(of: path)
      // curl can't enforce the limit itself where the server doesn't announce the size.
      if received > byteCount { curl.terminate() }
      progress?(name, min(received, byteCount), byteCount)
      Thread.sleep(forTimeInterval: Self.pollSeconds)
    }
    curl.waitUntilExit()
    let received = size(of: path)
    guard received <= byteCount else {
      throw DatasetError(
        .downloadFailed(address: address, reason: "the server sent more than the \(byteCount) bytes published"))
    }
    guard curl.terminationReason == .exit, curl.terminationStatus == 0 else {
      let text = String(decoding: complaints.fileHandleForReading.availableData, as: UTF8.self)
      let reason = text.split(whereSeparator: \.isNewline).first.map(String.init)
      throw DatasetError(
        .downloadFailed(
          address: address, reason: reason ?? "curl ended with status \(curl.terminationStatus)"))
    }
    progress?(name, received, byteCount)
  }

  private func check(_ path: String, address: String) throws(DatasetError) {
    let actual = SHA256.hex(of: try FileBytes.read(path))
    guard actual == sha256 else {
      throw DatasetError(.checksumMismatch(expected: sha256, actual: actual), path: address)
    }
  }

  private func move(_ partial: String, to path: String) throws(DatasetError) {
    do {
      // A copy that another program put there meanwhile passed the same check.
      if FileManager.default.fileExists(atPath: path) { return }
      try FileManager.default.moveItem(atPath: partial, toPath: path)
    } catch {
      throw DatasetError(.unwritable(FileFailure(.rename, path: path, error)), path: path)
    }
  }

  private func size(of path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.intValue ?? 0
  }
}

/// Called as a download proceeds: the file's name, the bytes received, and the total.
public typealias DownloadProgress = @Sendable (_ file: String, _ received: Int, _ total: Int) -> Void
