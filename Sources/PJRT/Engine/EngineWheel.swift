/// A published package that holds a part of the engine, pinned to a version and its digest.
public struct EngineWheel: Sendable, Hashable {
  /// A kind of machine that packages are built for.
  public enum Platform: String, Sendable, CaseIterable {
    case linuxX86 = "linux-x86_64"
    case linuxARM = "linux-arm64"
    case macARM = "macos-arm64"
    case other

    /// The machine this runs on.
    public static var current: Platform {
      #if os(Linux) && arch(x86_64)
        .linuxX86
      #elseif os(Linux) && arch(arm64)
        .linuxARM
      #elseif os(macOS) && arch(arm64)
        .macARM
      #else
        .other
      #endif
    }
  }

  /// The package's name, as `pip` knows it.
  public let name: String
  /// `nil` for the newest.
  public let version: String?
  public let platform: Platform
  /// The device whose plugin it holds; `nil` for a library of kernels.
  public let device: String?
  /// The library of kernels that it holds; `nil` for a plugin.
  public let kernels: KernelLibrary?
  /// The digest of the downloaded file in hexadecimal; `nil` where the file couldn't be had to take it,
  /// and then it is used unchecked.
  public let sha256: String?
  /// The name of the library's file, wherever in the unpacked package it is.
  public let library: String
  /// Whether the project's tests have run with it.
  public let isTested: Bool

  /// The folder it is unpacked in.
  public var folder: String { version.map { "\(name)-\($0)" } ?? name }
  /// How `pip` wants it named.
  public var requirement: String { version.map { "\(name)==\($0)" } ?? name }
  /// As ``requirement``, with the digest that `pip` then checks, where it is known.
  public var hashedRequirement: String { requirement + (sha256.map { " --hash=sha256:\($0)" } ?? "") }
  /// The folder in which `pip` describes the installed package.
  var distribution: String {
    let name = name.replacing("-", with: "_")
    return (version.map { "\(name)-\($0)" } ?? name) + ".dist-info"
  }

  /// The engines for the CPU that can be had on a platform. The first is the one that programs run on unless another
  /// is named, or only another is installed.
  public static func engines(for platform: Platform) -> [EngineWheel] {
    all.filter { $0.platform == platform && $0.device != nil }
  }

  /// The libraries of kernels that any engine on a platform uses.
  public static func libraries(for platform: Platform) -> [EngineWheel] {
    all.filter { $0.platform == platform && $0.device == nil }
  }

  /// What an engine for the CPU consists of on a platform, if no other is named.
  public static func pinned(for platform: Platform) -> [EngineWheel] {
    engines(for: platform).prefix(1) + libraries(for: platform)
  }

  /// What to install for an engine: its plugin and the libraries of kernels.
  /// - Parameter name: as in ``engines(for:)``; `nil` for the first.
  /// - Throws: ``EngineError/invalidOptions(_:)`` if there is no such engine for the platform.
  public static func parts(of name: String? = nil, for platform: Platform = .current) throws(EngineError)
    -> [EngineWheel]
  {
    guard let name else { return pinned(for: platform) }
    let engines = engines(for: platform)
    guard let engine = engines.first(where: { $0.name == name }) else {
      throw .invalidOptions(
        "there is no engine '\(name)' for this machine: use \(engines.map(\.name).joined(separator: ", "))")
    }
    return [engine] + libraries(for: platform)
  }

  package init(
    name: String, version: String?, platform: Platform, device: String? = nil, kernels: KernelLibrary? = nil,
    sha256: String?, library: String, isTested: Bool
  ) {
    self.name = name
    self.version = version
    self.platform = platform
    self.device = device
    self.kernels = kernels
    self.sha256 = sha256
    self.library = library
    self.isTested = isTested
  }

  private static let plugin = "xla_cpu_pjrt.so"

  private static let all = [
    EngineWheel(
      name: "xla-cpu-pjrt", version: "0.0.1", platform: .linuxX86, device: "cpu",
      sha256: "55837b6b7b47daa717f2d9a5a03563ea0ceaa338d06a81a1e2d3f060d960decc", library: plugin, isTested: true),
    // Newer builds of the same engine; docs/engine.md compares them.
    EngineWheel(
      name: "lammps-jax-pjrt-cpu", version: "0.11.2", platform: .linuxX86, device: "cpu",
      sha256: "1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1",
      library: "pjrt_c_api_cpu_plugin.so", isTested: true),
    EngineWheel(
      name: "fastatomstruct-xla-cpu", version: "2026.6.23", platform: .linuxX86, device: "cpu",
      sha256: "88b1c430b341b4bea40a37420311c9c75db6e22b46d2ff95b6986577bee6afe9", library: "libpjrt_cpu.so",
      isTested: false),
    // Convolutions and bfloat16 products, which XLA's own CPU code is slow at.
    EngineWheel(
      name: "onednn-cpu-gomp", version: "2023.2.0", platform: .linuxX86, kernels: .oneDNN,
      sha256: "2f22a54d6a890ed14bfa185d42a4be65d8b5b1df85dc1f0f3a9abe31620416fb",
      library: "libdnnl.so.3", isTested: true),
    // LAPACK and BLAS.
    openBLAS(.linuxX86, "0595f94cd58c1f8a0d90c975621f4587337a003916b1979e834ebdf2cb5d9504", isTested: true),
    openBLAS(.linuxARM, "e085dddbc5b9aa130f83def515d31c440e69f387a90c7e63b154a5575b4466bc"),
    openBLAS(.macARM, "813bb8101da2f64555c4a5e71c3714539d92b0b4f1841ec12b80d50e56cde46c", library: "dylib"),
    EngineWheel(
      name: "xla-cpu-pjrt", version: "0.0.1", platform: .linuxARM, device: "cpu",
      sha256: "8f613be6e891858f40d64f9799319502fff42689661944fc18a6ffd8210b30c9", library: plugin, isTested: false),
    EngineWheel(
      name: "cyxla-pjrt-cpu", version: nil, platform: .macARM, device: "cpu",
      sha256: nil, library: "libpjrt_cpu.dylib", isTested: false),
  ]

  private static func openBLAS(
    _ platform: Platform, _ sha256: String, library suffix: String = "so", isTested: Bool = false
  ) -> EngineWheel {
    EngineWheel(
      name: "scipy-openblas32", version: "0.3.34.481.3", platform: platform, kernels: .openBLAS, sha256: sha256,
      library: "libscipy_openblas.\(suffix)", isTested: isTested)
  }
}

/// Another project's library that kernels call.
public enum KernelLibrary: Sendable, Hashable, CaseIterable {
  /// Convolutions, and products in bfloat16.
  case oneDNN
  /// LAPACK and BLAS.
  case openBLAS

  /// What people call it.
  public var name: String {
    switch self {
    case .oneDNN: "oneDNN"
    case .openBLAS: "OpenBLAS"
    }
  }

  /// The environment variable that names another file than the installed one.
  public var environmentVariable: String { "TANREN_\(name.uppercased())" }
}
