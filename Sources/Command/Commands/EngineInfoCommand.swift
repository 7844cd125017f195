import ArgumentParser
import Foundation
import Tanren

/// `tanren engine info`.
struct EngineInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Tells which engine is used, its versions and devices, and what the caches hold.",
    discussion: """
      Installed packages are compared with the digests that came with them, and the plugin is tried on what others \
      have computed wrongly.

      Examples:
        tanren engine info
        tanren engine info --device cuda
      """)

  @OptionGroup(title: "Where") var device: DeviceOptions

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
      add(name, count == 0 ? "nothing" : "\(ByteText.of(size)) in \(count) \(count == 1 ? "file" : "files")")
    }
    let locator = EngineLocator()
    let first = EngineWheel.pinned(for: .current)
    var damage: EngineError?
    for wheel in EngineWheel.engines(for: .current) + EngineWheel.libraries(for: .current) {
      guard let path = locator.library(of: wheel) else {
        let option = first.contains(wheel) ? "" : " --engine \(wheel.name)"
        add(wheel.folder, "not installed: `tanren engine install\(option)` brings it")
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
    // What is known without an engine is told before one is looked for.
    terminal.write(table.text(colors: terminal.colors))
    // A damaged library may end the process that loads it.
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
    add("devices", client.devices.map { "\($0.id): \($0.kind)" }.joined(separator: ", "))
    terminal.write(table.text(colors: terminal.colors))
  }
}
