import ArgumentParser
import Tanren

/// The command `tanren`.
struct TanrenCommand: ParsableCommand {
  static let version = tanrenVersion

  static let configuration = CommandConfiguration(
    commandName: "tanren",
    abstract: "Train neural networks and compare training methods.",
    discussion: """
      Getting started:
        tanren engine install               download the compiler (once)
        tanren run                          train a small network on digits
        tanren run optimizer=adam epochs=5  use another optimizer
        tanren predict out/run/model.safetensors new.npy  use the trained model
        tanren reproduce --list             list published comparisons to rerun
        tanren study run plan.yml           compare methods over several seeds
        tanren report --output report.html  write a study's report as a web page
        tanren serve                        watch studies in a browser
        tanren methods                      list every method you can name

      Environment variables:
        TANREN_DATA    folders to search for data sets, separated by colons
        TANREN_CACHE   folder for the engine, compiled programs and downloads
        TANREN_DEVICE  default for --device
        TANREN_STORE   default for --store

      Exit status:
        0    success
        1    a run failed, or output was lost (full disk, closed pipe)
        2    invalid input
        130  interrupted with Ctrl-C
      """,
    version: version,
    subcommands: [
      RunCommand.self, EvaluateCommand.self, PredictCommand.self, ExportCommand.self, StudyCommand.self,
      ReproduceCommand.self,
      ReportCommand.self, ServeCommand.self,
      ActivationsCommand.self, ScheduleCommand.self, MethodsCommand.self,
      DataCommand.self, EngineCommand.self,
    ])
}
