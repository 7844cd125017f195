import ArgumentParser
import Tanren

/// The command `tanren`.
struct TanrenCommand: ParsableCommand {
  static let version = tanrenVersion

  static let configuration = CommandConfiguration(
    commandName: "tanren",
    abstract: "Trains neural networks, and compares the methods of training them.",
    discussion: """
      Begin with:
        tanren engine install                     bring the compiler's library, once
        tanren run                                train a small network on digits
        tanren run optimizer=adam epochs=5        the same with another method
        tanren reproduce --list                   published comparisons to run again
        tanren study run plan.yml                 compare methods over several seeds
        tanren report --output report.html        what a study found, as a page
        tanren serve                              studies in a browser while they run
        tanren methods                            all methods that can be named

      Environment: TANREN_DATA, folders with data sets; TANREN_CACHE, the folder for the engine, compiled \
      programs and downloads; TANREN_DEVICE, the device where --device isn't given; TANREN_STORE, the file that \
      studies are kept in.

      The exit status is 0 for success, 2 for bad input, 1 if something failed while running or output was lost (a \
      full disk, a closed pipe), 130 for Ctrl-C.
      """,
    version: version,
    subcommands: [
      RunCommand.self, StudyCommand.self, ReproduceCommand.self, ReportCommand.self, ServeCommand.self,
      ActivationsCommand.self, ScheduleCommand.self, MethodsCommand.self,
      DataCommand.self, EngineCommand.self,
    ])
}
