import ArgumentParser
import Tanren

/// `tanren engine install`.
struct EngineInstallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Downloads an engine for the CPU, checks it, and puts it in the cache.",
    discussion: """
      Needs python3 with pip, and a network. It may be interrupted and repeated: what is there is checked byte by \
      byte, and fetched again only if it is damaged. An engine other than the first is used where --device or \
      TANREN_DEVICE names it.

      Examples:
        tanren engine install
        tanren engine install --engine lammps-jax-pjrt-cpu
        tanren engine install --python /opt/venv/bin/python --again
      """)

  @Option(
    help: ArgumentHelp(
      "The engine: \(EngineWheel.engines(for: .current).map(\.name).joined(separator: ", ")). (default: the first)",
      valueName: "name"))
  var engine: String?

  @Flag(help: "Download and replace what is installed already.")
  var again = false

  @Option(help: ArgumentHelp("The Python whose pip downloads.", valueName: "python"))
  var python = "python3"

  func run() throws {
    let installer = EngineInstaller(wheels: try EngineWheel.parts(of: engine), python: python)
    let report = InstallationReport(wheels: installer.wheels.count)
    defer { report.end() }
    try installer.install(replacing: again) { report.show($0) }
    report.end()
    Terminal.current().write("The engine is ready in \(installer.folder)\n")
  }
}
