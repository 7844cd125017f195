import ArgumentParser

/// `tanren engine`: the library that compiles and runs programs.
struct EngineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "engine",
    abstract: "Installs the engine, or tells what is installed.",
    discussion: """
      The engine is OpenXLA's compiler as a PJRT plugin, with oneDNN's and OpenBLAS' kernels. All come as published packages \
      of known content through Python's pip, into a cache folder of your own.
      """,
    subcommands: [EngineInstallCommand.self, EngineInfoCommand.self])
}
