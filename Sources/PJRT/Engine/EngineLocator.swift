import Foundation

/// Finds the plugin for a device among the places where one may be installed.
public struct EngineLocator: Sendable {
  public var environment: [String: String]
  /// The folder of the running program. In a bundle it holds a folder `engine`; in a Python package it is
  /// `site-packages/tanren/bin`, and the engine's packages are installed in `site-packages`.
  public var executableFolder: String?

  public init(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    executableFolder: String? = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent().path
  ) {
    self.environment = environment
    self.executableFolder = executableFolder
  }

  /// The devices that have a name.
  public static let devices = ["cpu"] + Accelerator.all.map(\.name)

  /// - Parameter device: `cpu`, the name of an ``Accelerator`` or of an engine for the CPU, or the path of a plugin.
  /// - Returns: the path of a plugin. A path that was named outright isn't looked at.
  /// - Throws: ``EngineError/missingPlugin(device:searched:)``, ``EngineError/invalidOptions(_:)``, or
  ///   ``EngineError/damaged(path:reason:)`` if an installed plugin hasn't the size it came with.
  public func plugin(for device: String) throws(EngineError) -> String {
    if device.contains("/") || device.hasSuffix(".so") || device.hasSuffix(".dylib") { return device }
    let engines = EngineWheel.engines(for: .current)
    if let named = engines.first(where: { $0.name == device }) { return try plugin(of: [named], for: device) }
    let accelerator = Accelerator.named(device)
    guard device == "cpu" || accelerator != nil else {
      throw .invalidOptions(
        """
        there is no device '\(device)': use \((Self.devices + engines.map(\.name)).joined(separator: ", ")) \
        or the path of a plugin
        """)
    }
    for name in ["TANREN_\(device.uppercased())_PLUGIN", "TANREN_PJRT_PLUGIN"] {
      if let path = environment[name], !path.isEmpty { return path }
    }
    guard let accelerator else { return try plugin(of: engines, for: device) }
    guard let found = plugin(of: accelerator) else {
      throw .missingPlugin(device: device, searched: candidates(for: accelerator))
    }
    return found
  }

  /// The installed plugin of an accelerator, whatever environment variables name.
  public func plugin(of accelerator: Accelerator) -> String? {
    candidates(for: accelerator).first { FileManager.default.fileExists(atPath: $0) }
  }

  /// The file of a library of kernels: the one that its environment variable names, or the installed one.
  /// - Throws: ``EngineError/damaged(path:reason:)`` if the installed one hasn't the size it came with.
  func path(of library: KernelLibrary) throws(EngineError) -> String? {
    if let path = environment[library.environmentVariable], !path.isEmpty { return path }
    return try checkedLibrary(ofFirst: EngineWheel.libraries(for: .current).filter { $0.kernels == library })
  }

  /// The library of an installed package: beside the program, among the Python packages that the program was installed
  /// with, or in the cache.
  public func library(of wheel: EngineWheel) -> String? { installation(of: wheel)?.library }

  /// Whether Python's pip installed the package together with the program, so that pip also replaces it.
  public func isInstalledByPip(_ wheel: EngineWheel) -> Bool { installation(of: wheel)?.record?.requirement != nil }

  /// Compares an installed package with the list of files that came with it, byte by byte.
  ///
  /// What lies beside the program has no such list.
  /// - Throws: ``EngineError/damaged(path:reason:)``, or ``EngineError/file(path:reason:)`` for what can't be read.
  public func check(_ wheel: EngineWheel) throws(EngineError) {
    try installation(of: wheel)?.record?.check()
  }

  private func plugin(of wheels: [EngineWheel], for device: String) throws(EngineError) -> String {
    if let found = try checkedLibrary(ofFirst: wheels) { return found }
    throw .missingPlugin(
      device: device,
      searched: wheels.flatMap { wheel in
        folders(of: wheel).map { "\($0)/**/\(wheel.library)" }
          + (sitePackages.map { ["\($0)/\(wheel.distribution)"] } ?? [])
      })
  }

  /// The library of the first package that is installed.
  private func checkedLibrary(ofFirst wheels: [EngineWheel]) throws(EngineError) -> String? {
    guard let found = wheels.lazy.compactMap(installation(of:)).first else { return nil }
    try found.record?.checkSize(ofFile: found.library)
    return found.library
  }

  private struct Installation {
    let library: String
    /// `nil` for what lies beside the program, which has no list of files.
    let record: WheelRecord?
  }

  private func installation(of wheel: EngineWheel) -> Installation? {
    if let folder = sitePackages, let record = WheelRecord(folder: folder, wheel: wheel),
      let library = record.path(ofFile: wheel.library)
    {
      return Installation(library: library, record: record)
    }
    return folders(of: wheel).lazy.compactMap { folder in
      Self.find(wheel.library, under: folder).map { Installation(library: $0, record: WheelRecord(folder: folder)) }
    }.first
  }

  /// The file of that name in a folder or below it.
  static func find(_ name: String, under folder: String) -> String? {
    // Paths are listed parents first, so that a file beside the program wins over one further down.
    let files = FileManager.default.enumerator(atPath: folder)
    while let path = files?.nextObject() as? String {
      if path == name || path.hasSuffix("/" + name) { return folder + "/" + path }
    }
    return nil
  }

  private func folders(of wheel: EngineWheel) -> [String] {
    (executableFolder.map { ["\($0)/engine"] } ?? [])
      + ["\(CacheFolder.engines(environment: environment))/\(wheel.folder)"]
  }

  /// Where Python's packages are, if the program is part of one.
  private var sitePackages: String? {
    let end = "/tanren/bin"
    return executableFolder.flatMap { $0.hasSuffix(end) ? String($0.dropLast(end.count)) : nil }
  }

  private func candidates(for accelerator: Accelerator) -> [String] {
    let names = accelerator.files.compactMap { $0.split(separator: "/").last.map(String.init) }
    var seen: Set<String> = []
    let bundled = names.filter { seen.insert($0).inserted }.compactMap { name in
      executableFolder.map { "\($0)/engine/\(name)" }
    }
    let installed = pythonFolders.flatMap { folder in accelerator.files.map { "\(folder)/\($0)" } }
    return bundled + installed + accelerator.systemFiles
  }

  /// Folders of Python packages: the program's own, those of the virtual environment, of each Python on the path, of the
  /// system.
  private var pythonFolders: [String] {
    var prefixes = ["VIRTUAL_ENV", "CONDA_PREFIX"].compactMap { environment[$0] }
    prefixes += (environment["PATH"] ?? "").split(separator: ":").compactMap { folder in
      folder.hasSuffix("/bin") ? String(folder.dropLast(4)) : nil
    }
    prefixes += [
      CacheFolder.home(environment: environment) + "/.local", "/usr/local", "/usr", "/opt/venv", "/opt/conda",
    ]
    var seen: Set<String> = []
    let folders = prefixes.filter { seen.insert($0).inserted }.flatMap { prefix in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(prefix)/lib")) ?? []
      return names.filter { $0.hasPrefix("python3") }.sorted(by: >).flatMap { python in
        ["site-packages", "dist-packages"].map { "\(prefix)/lib/\(python)/\($0)" }
      }
    }
    return ((sitePackages.map { [$0] } ?? []) + folders).filter { FileManager.default.fileExists(atPath: $0) }
  }
}
