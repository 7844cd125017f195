import ArgumentParser

/// `tanren data`: the data sets at hand.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Tells which data sets are at hand, or shows some of their images.",
    subcommands: [DataInfoCommand.self, DataPreviewCommand.self])
}
