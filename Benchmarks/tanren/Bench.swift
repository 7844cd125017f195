import ArgumentParser
import Tanren

@main struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tanren-bench", abstract: "Takes part in a benchmark, and draws its figures.", version: tanrenVersion,
    subcommands: [BenchCommand.self, FigureCommand.self], defaultSubcommand: BenchCommand.self)
}
