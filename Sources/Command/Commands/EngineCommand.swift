import ArgumentParser
import Foundation
import Synchronization
import Tanren

/// `tanren engine`: the library that compiles and runs programs.
struct EngineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "engine",
    abstract: "Install or inspect the engine.",
    discussion: """
      The engine is the OpenXLA compiler, as a PJRT plugin, with the kernels of oneDNN and OpenBLAS. All are published \
      packages with known digests; Python's pip downloads them into your cache folder.
      """,
    subcommands: [EngineInstallCommand.self, EngineInfoCommand.self, EngineRequirementsCommand.self])
}

/// `tanren engine info`.
struct EngineInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Show the engine in use, its versions and devices, and the size of the caches.",
    discussion: """
      Installed packages are verified against their digests, and the plugin is tested on computations that \
      faulty builds get wrong.

      Examples:
        tanren engine info
        tanren engine info --device cuda

      Plugins of accelerators are listed where they are installed; Tanren has not been run on those that are \
      marked as untested.
      """)

  @OptionGroup(title: "Device options") var device: DeviceOptions

  func run() throws {
    let terminal = Terminal.current()
    var table = TextTable(["", ""])
    func add(_ name: String, _ text: String) { table.append([TableCell(name, style: .strong), TableCell(text)]) }
    let cache = CacheFolder.path()
    add("Tanren", TanrenCommand.version)
    add("cache", cache)
    for (name, path) in [
      ("  engines", CacheFolder.engines()), ("  programs", CacheFolder.programs()), ("  data", DataFolders().cache),
    ] {
      let (count, size) = FolderSize.of(path)
      add(name, count == 0 ? "empty" : "\(NumberText.bytes(size)) in \(NumberText.count(count, "file"))")
    }
    let locator = EngineLocator()
    let first = EngineWheel.pinned(for: .current)
    var damage: EngineError?
    for wheel in EngineWheel.engines(for: .current) + EngineWheel.libraries(for: .current) {
      guard let path = locator.library(of: wheel) else {
        let option = first.contains(wheel) ? "" : " --engine \(wheel.name)"
        add(wheel.folder, "not installed: run `tanren engine install\(option)`")
        continue
      }
      do throws(EngineError) {
        try locator.check(wheel)
        add(wheel.folder, path)
      } catch {
        add(wheel.folder, "damaged: \(path)")
        damage = damage ?? error
      }
    }
    for accelerator in Accelerator.all {
      guard let path = locator.plugin(of: accelerator) else { continue }
      add(accelerator.name, path + (accelerator.isTested ? "" : ", untested"))
    }
    // Everything known without an engine is printed before one is loaded.
    terminal.write(table.text(colors: terminal.colors))
    // Loading a damaged library may end the process.
    if let damage { throw damage }
    table = TextTable(["", ""])
    let engine = try device.start()
    let client = engine.client
    add("plugin", client.plugin.path)
    add("PJRT C API", "\(client.plugin.apiVersion.major).\(client.plugin.apiVersion.minor)")
    add("platform", [client.platformName, client.platformVersion].filter { !$0.isEmpty }.joined(separator: ", "))
    for (name, value) in client.plugin.attributes.sorted(by: { $0.key < $1.key }) { add(name, value.description) }
    let breaches = try client.breaches()
    add("checks", breaches.isEmpty ? "passed" : breaches.joined(separator: "; "))
    add("kernels", engine.kernels.description)
    let (used, best) = (InstructionSet.current, InstructionSet.processor)
    add("instructions", used == best ? used.name : "\(used.name), by TANREN_ISA; the processor has \(best.name)")
    add("devices", client.devices.map { "\($0.id): \($0.kind)" }.joined(separator: ", "))
    terminal.write(table.text(colors: terminal.colors))
  }
}

/// `tanren engine install`.
struct EngineInstallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Download, verify and install the engine for the CPU.",
    discussion: """
      Requires python3 with pip, and network access. You can interrupt and repeat the command: installed files \
      are verified byte by byte and downloaded again only if they are damaged. To use an engine other than the \
      first, name it with --device or TANREN_DEVICE.

      Examples:
        tanren engine install
        tanren engine install --engine lammps-jax-pjrt-cpu
        tanren engine install --python /opt/venv/bin/python --force
      """)

  @Option(
    help: ArgumentHelp(
      "Engine to install: \(EngineWheel.engines(for: .current).map(\.name).joined(separator: ", ")). "
        + "(default: the first)",
      valueName: "name"))
  var engine: String?

  @Flag(help: "Reinstall even if the engine is already installed.")
  var force = false

  @Option(help: ArgumentHelp("Python interpreter whose pip downloads the packages.", valueName: "python"))
  var python = "python3"

  func run() throws {
    let parts = try EngineWheel.parts(of: engine)
    let locator = EngineLocator()
    for wheel in parts where locator.isInstalledByPip(wheel) {
      try locator.check(wheel)
      Terminal.current().write("\(wheel.folder) was installed by pip: \(locator.library(of: wheel) ?? "")\n")
    }
    let wheels = parts.filter { !locator.isInstalledByPip($0) }
    if wheels.isEmpty, !parts.isEmpty { return }
    let installer = EngineInstaller(wheels: wheels, python: python)
    let report = InstallationReport(wheels: installer.wheels.count)
    defer { report.end() }
    try installer.install(replacing: force) { report.show($0) }
    report.end()
    Terminal.current().write("The engine is installed in \(installer.folder)\n")
  }
}

/// `tanren engine requirements`.
struct EngineRequirementsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "requirements",
    abstract: "Print the engine's packages as pip requirements, with their digests.",
    discussion: """
      For machines without network access: download the packages elsewhere, and install them from a folder.

      Examples:
        tanren engine requirements > engine.txt
        pip download --no-deps --require-hashes -r engine.txt -d packages
        PIP_NO_INDEX=1 PIP_FIND_LINKS=packages tanren engine install
      """)

  @Option(help: ArgumentHelp("Engine whose packages are printed. (default: the first)", valueName: "name"))
  var engine: String?

  func run() throws {
    for wheel in try EngineWheel.parts(of: engine) { Terminal.current().write(wheel.hashedRequirement + "\n") }
  }
}

/// The number and size of the files in a folder and its subfolders.
enum FolderSize {
  static func of(_ folder: String) -> (files: Int, bytes: Int) {
    var (files, bytes) = (0, 0)
    let paths = FileManager.default.enumerator(atPath: folder)
    while let path = paths?.nextObject() as? String {
      let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/" + path)
      guard attributes?[.type] as? FileAttributeType == .typeRegular else { continue }
      files += 1
      bytes += (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }
    return (files, bytes)
  }
}

/// The progress of an installation: on a terminal, a bar over its steps with the current one and its duration;
/// otherwise one line per step.
///
/// The bar counts steps, since pip does not report bytes to a program.
final class InstallationReport: Sendable {
  private struct State {
    var done = 0
    var label = ""
    var since = ContinuousClock.now
    var drawn = 0
    var isEnded = false
  }

  private static let barWidth = 20

  private let terminal: Terminal
  /// Two per package: downloading and unpacking.
  private let steps: Int
  private let state = Mutex(State())

  init(wheels: Int, terminal: Terminal = .current()) {
    self.terminal = terminal
    steps = 2 * wheels
    guard terminal.isInteractive else { return }
    // The installer blocks its own thread: another one keeps the clock running.
    Thread.detachNewThread { [self] in
      while draw() { Thread.sleep(forTimeInterval: 0.2) }
    }
  }

  func show(_ event: EngineInstaller.Event) {
    switch event {
    case .waiting: begin("waiting for another installation to finish")
    case .present(let wheel): finish("\(wheel.folder) is already installed", steps: 2)
    case .damaged(_, let reason): finish(reason, steps: 0)
    case .downloading(let wheel): begin("downloading \(wheel.requirement)")
    case .unchecked(let wheel): finish("\(wheel.requirement) has no known digest and is used unverified", steps: 0)
    case .unpacking(let wheel):
      state.withLock { $0.done += 1 }
      begin("unpacking \(wheel.requirement)")
    case .installed(let wheel, let path): finish("\(wheel.folder): \(path)", steps: 1)
    }
  }

  /// Removes the bar.
  func end() {
    state.withLock { state in
      guard !state.isEnded else { return }
      state.isEnded = true
      erase(&state)
    }
  }

  private func begin(_ label: String) {
    state.withLock { state in
      (state.label, state.since) = (label, .now)
      if !terminal.isInteractive { terminal.write(label + "\n") }
    }
    _ = draw()
  }

  private func finish(_ line: String, steps: Int) {
    state.withLock { state in
      state.done += steps
      erase(&state)
      terminal.write(line + "\n")
    }
  }

  /// - Returns: whether more will follow.
  private func draw() -> Bool {
    state.withLock { state in
      guard !state.isEnded else { return false }
      guard terminal.isInteractive, !state.label.isEmpty else { return true }
      let filled = steps > 0 ? Self.barWidth * state.done / steps : 0
      let bar = String(repeating: "=", count: filled) + String(repeating: ".", count: Self.barWidth - filled)
      let seconds = Int((ContinuousClock.now - state.since) / .seconds(1))
      let line = String("[\(bar)] \(state.label), \(seconds) s".prefix(terminal.width - 1))
      terminal.write("\r" + line + String(repeating: " ", count: max(0, state.drawn - line.count)))
      state.drawn = line.count
      return true
    }
  }

  private func erase(_ state: inout State) {
    if state.drawn > 0 { terminal.write("\r" + String(repeating: " ", count: state.drawn) + "\r") }
    state.drawn = 0
  }
}
