import ArgumentParser
import Tanren

/// `tanren engine install`.
struct EngineInstallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Downloads the engine for the CPU, checks it, and puts it in the cache.",
    discussion: """
      Needs python3 with pip, and a network. It may be interrupted and repeated: what is there and whole isn't \
      fetched again.

      Examples:
        tanren engine install
        tanren engine install --python /opt/venv/bin/python --again
      """)

  @Flag(help: "Download and replace what is installed already.")
  var again = false

  @Option(help: ArgumentHelp("The Python whose pip downloads.", valueName: "python"))
  var python = "python3"

  func run() throws {
    let installer = EngineInstaller(python: python)
    let report = InstallationReport(wheels: installer.wheels.count)
    defer { report.end() }
    try installer.install(replacing: again) { report.show($0) }
    report.end()
    Terminal.current().write("The engine is ready in \(installer.folder)\n")
  }
}
