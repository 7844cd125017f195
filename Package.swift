// swift-tools-version: 6.2
import PackageDescription

// The rooms, lowest first. Dependencies point down only; see docs/architecture.md.
let strict: [SwiftSetting] = [.swiftLanguageMode(.v6)]

/// Kernels are for speed, also where the Swift code that calls them is being debugged: without this a debug build trains
/// several times as long. Swift before 6.2 refuses packages that depend on one with such flags.
let optimized: [CSetting] = [.unsafeFlags(["-O2"], .when(configuration: .debug))]

/// The library of libFuzzer, if this build is for it; see scripts/fuzz.
let fuzzer = Context.environment["TANREN_FUZZER"]

/// What the rooms are compiled with: libFuzzer has to see which of their branches an input takes.
let watched: [SwiftSetting] = strict + (fuzzer == nil ? [] : [.unsafeFlags(["-sanitize=fuzzer"])])

/// - Parameters:
///   - hasRegistries: whether the room's methods can be chosen by name; see `RegistryPlugin`.
///   - computes: whether debug builds optimize the room's Swift code too, because loops over numbers or texts in it would
///     otherwise take more of the tests' time than its compilation.
func room(
  _ name: String, _ dependencies: [Target.Dependency], hasRegistries: Bool = false, computes: Bool = false
) -> Target {
  .target(
    name: name, dependencies: dependencies + (hasRegistries ? ["Configuration"] : []),
    swiftSettings: watched + (computes ? [.unsafeFlags(["-O"], .when(configuration: .debug))] : []),
    plugins: hasRegistries ? ["RegistryPlugin"] : [])
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies,
    resources: [.copy("Fixtures")], swiftSettings: strict)
}

/// A program that shows how the library is used; not a product.
func example(_ name: String) -> Target {
  .executableTarget(name: name, dependencies: ["Tanren"], path: "Examples/\(name)", swiftSettings: strict)
}

let package = Package(
  name: "tanren",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Tanren", targets: ["Tanren"]),
    // Parts of it: who trains only builds no SQLite, no YAML and no server.
    .library(name: "TanrenTensors", targets: ["Tensors"]),
    .library(name: "TanrenTraining", targets: ["Training"]),
    // Several processes in one training.
    .library(name: "TanrenPeers", targets: ["Peers"]),
    .library(name: "TanrenReservoirs", targets: ["Reservoirs"]),
    .library(name: "TanrenPlans", targets: ["Plans"]),
    .library(name: "TanrenStudies", targets: ["Studies"]),
    .library(name: "TanrenStatistics", targets: ["Statistics"]),
    .library(name: "TanrenFigures", targets: ["Figures"]),
    .library(name: "TanrenSearch", targets: ["Search"]),
    .executable(name: "tanren", targets: ["Command"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    .target(name: "CPJRT"),
    // The instruction set that C code uses.
    .target(name: "CProcessor"),
    .target(name: "CKernels", dependencies: ["CProcessor"], cSettings: optimized),
    // Kernels of reservoirs, written with what the other kernels are written with.
    .target(
      name: "CReservoirs", dependencies: ["CKernels", "CProcessor"],
      cSettings: optimized + [.headerSearchPath("../CKernels")]),
    .target(name: "CSHA256", cSettings: optimized),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"]), .brew(["libarchive"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .systemLibrary(
      name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg62-turbo-dev"]), .brew(["jpeg-turbo"])]),
    // Decodes and resizes pictures: both libraries report errors by longjmp, which has to stay in C.
    .target(name: "CPictures", dependencies: ["CPNG", "CJPEG", "CProcessor"], cSettings: optimized),
    .plugin(name: "RegistryPlugin", capability: .buildTool(), dependencies: ["RegistryTool"]),
    .executableTarget(name: "RegistryTool", swiftSettings: strict),
    // The published comparisons, a YAML file each, embedded in the program.
    .plugin(name: "RecipePlugin", capability: .buildTool(), dependencies: ["EmbedTool"]),
    .executableTarget(name: "EmbedTool", swiftSettings: strict),
    .target(name: "Recipes", path: "Recipes", swiftSettings: strict, plugins: ["RecipePlugin"]),
    room("Configuration", [], computes: true),
    room("Files", []),
    room("Arrays", ["Files", "CSHA256", .product(name: "OrderedCollections", package: "swift-collections")]),
    room("PJRT", ["Arrays", "CPJRT", "CKernels", "CProcessor"]),
    room("Tensors", ["Arrays", "PJRT", .product(name: "OrderedCollections", package: "swift-collections")]),
    room("Search", [], hasRegistries: true),
    room("Schedules", ["Tensors"], hasRegistries: true),
    room("Optimizers", ["Schedules"], hasRegistries: true),
    room("Layers", ["Schedules"], hasRegistries: true),
    room("Formats", ["Arrays", "Files", "CArchive", "CZlib", "CPictures"]),
    room("Datasets", ["Tensors", "Formats"], hasRegistries: true, computes: true),
    room("Augmentations", ["Schedules"], hasRegistries: true),
    room(
      "Checkpoints",
      ["Arrays", "Layers", "Files", "Formats", .product(name: "OrderedCollections", package: "swift-collections")]),
    room(
      "Reservoirs",
      [
        "Layers", "Datasets", "Checkpoints", "CReservoirs",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ], hasRegistries: true),
    room("Figures", []),
    room("Statistics", ["Figures"], computes: true),
    room(
      "Training",
      [
        "Arrays", "Layers", "Optimizers", "Datasets", "Augmentations", "Checkpoints", "Figures", "Files",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ], hasRegistries: true),
    room(
      "Exports",
      ["Training", "Formats", "Files", .product(name: "OrderedCollections", package: "swift-collections")]),
    room(
      "Plans", ["Training", "Exports", "Reservoirs", "Search", "Statistics", "Figures", "Recipes", "Yams"],
      hasRegistries: true),
    room("Reports", ["Plans", "Search", "Statistics"]),
    room("Studies", ["Reports", .product(name: "GRDB", package: "GRDB.swift")]),
    room("Sockets", []),
    room("Peers", ["PJRT", "Arrays", "Files", "Sockets"]),
    room("Serve", ["Studies", "Sockets"]),
    room(
      "Tanren",
      [
        "Arrays", "Configuration", "Files", "Formats", "PJRT", "Peers", "Tensors", "Schedules", "Layers", "Optimizers",
        "Datasets", "Reservoirs", "Augmentations", "Checkpoints", "Figures", "Statistics", "Search", "Training",
        "Exports", "Plans", "Reports", "Studies",
      ]),
    .executableTarget(
      name: "Command",
      dependencies: ["Tanren", "Serve", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: strict),
    // Tanren's worker in Benchmarks/run.
    .executableTarget(
      name: "tanren-bench",
      dependencies: ["Tanren", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      path: "Benchmarks/tanren", swiftSettings: strict),
    // Draws trials for Benchmarks/samplers/compare.py.
    .executableTarget(
      name: "sampler-worker", dependencies: ["Search"], path: "Benchmarks/samplers", exclude: ["compare.py"],
      swiftSettings: strict),
    // Fills a store for Benchmarks/studies/measure.py.
    .executableTarget(
      name: "study-filler", dependencies: ["Studies"], path: "Benchmarks/studies", exclude: ["measure.py"],
      swiftSettings: strict),
    example("OwnLayer"),
    example("OwnOptimizer"),
    example("OwnRule"),
    example("StudyInSwift"),
    // What the tests of every module use: tags, temporary folders, fixtures, distances.
    .target(name: "CTestSupport", path: "Tests/CTestSupport"),
    .target(
      name: "TestSupport", dependencies: ["PJRT", "CTestSupport"], path: "Tests/TestSupport", swiftSettings: strict),
    // Arrays of other frameworks, for the tests.
    .target(name: "ArrayFixtures", dependencies: ["Tensors"], path: "Tests/ArrayFixtures", swiftSettings: strict),
    // Trains networks in every way there is and compares with NumPy: a part in the tests, all by scripts/oracle.
    .target(
      name: "Oracle", dependencies: ["ArrayFixtures", "Training"], path: "Tests/Oracle", resources: [.copy("Fixtures")],
      swiftSettings: strict),
    .executableTarget(name: "OracleGrid", dependencies: ["Oracle"], path: "Tests/OracleGrid", swiftSettings: strict),
    tests(of: "Oracle", ["OracleGrid", "Training"]),
    tests(of: "Configuration"),
    tests(of: "Search"),
    tests(of: "Files"),
    tests(of: "Arrays"),
    // Calls every kernel as XLA does, for the tests and for scripts/sanitize.
    .executableTarget(
      name: "KernelHarness", dependencies: ["CKernels", "CReservoirs", "CProcessor"], path: "Tests/KernelHarness",
      cSettings: [.headerSearchPath("../../Sources/CKernels")], linkerSettings: [.linkedLibrary("m")]),
    tests(of: "PJRT", ["KernelHarness"]),
    // A process that meets others, to be killed by a test.
    .executableTarget(name: "PeerProbe", dependencies: ["Peers"], path: "Tests/PeerProbe", swiftSettings: strict),
    tests(of: "Peers", ["PeerProbe"]),
    // The registry of primitives has those of other modules too.
    tests(of: "Tensors", ["Reservoirs"]),
    tests(of: "Layers", ["ArrayFixtures"]),
    tests(of: "Optimizers"),
    tests(of: "Datasets"),
    tests(of: "Augmentations", ["ArrayFixtures"]),
    tests(of: "Reservoirs", ["Training"]),
    tests(of: "Figures"),
    tests(of: "Statistics"),
    // Trains with checkpoints, to be killed by a test.
    .executableTarget(name: "CrashProbe", dependencies: ["Training"], path: "Tests/CrashProbe", swiftSettings: strict),
    tests(of: "Training", ["ArrayFixtures", "CrashProbe"]),
    // Exports models of every kind for scripts/onnx-check.
    .executableTarget(
      name: "ExportProbe", dependencies: ["Exports", "Configuration"], path: "Tests/ExportProbe", swiftSettings: strict),
    tests(of: "Exports"),
    tests(of: "Plans", ["Recipes"]),
    tests(of: "Reports"),
    tests(of: "Studies"),
    tests(of: "Serve"),
    tests(of: "Command", ["Tanren"]),
    // Every reader of files and notations, for the fuzzer and for the tests that read what it found.
    .target(
      name: "Readers", dependencies: ["Serve", "Studies", "Peers", .product(name: "GRDB", package: "GRDB.swift")],
      path: "Tests/Readers",
      swiftSettings: strict),
    tests(of: "Readers"),
    // Guides, scripts and the architecture.
    .testTarget(name: "RepositoryTests", dependencies: ["TestSupport", "Command"], swiftSettings: strict),
  ]
)

if let fuzzer {
  package.targets += [
    .target(name: "CFuzzer", path: "Tests/CFuzzer"),
    .executableTarget(
      name: "Fuzz", dependencies: ["CFuzzer", "Readers"], path: "Tests/Fuzz", swiftSettings: strict,
      linkerSettings: [.unsafeFlags([fuzzer, "-lstdc++"])]),
  ]
}

// The examples of guides and documentation comments, which scripts/examples collects, builds and runs.
if Context.environment["TANREN_EXAMPLES"] != nil {
  package.targets.append(
    .executableTarget(
      name: "Snippets", dependencies: ["Tanren", "Serve"], path: "Tests/Snippets",
      swiftSettings: strict + [.unsafeFlags(["-suppress-warnings"])]))
}
