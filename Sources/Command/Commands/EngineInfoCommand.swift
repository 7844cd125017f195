import ArgumentParser
import Foundation
import Tanren

/// `tanren engine info`.
struct EngineInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Tells which engine is used, its versions and devices, and what the caches hold.",
    discussion: """
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
    let libraries = EngineWheel.pinned(for: .current).filter { $0.device == nil }
    for wheel in libraries {
      add(wheel.folder, EngineLocator().library(of: wheel) ?? "not installed: `tanren engine install` brings it")
    }
    // What is known without an engine is told before one is looked for.
    terminal.write(table.text(colors: terminal.colors))
    table = TextTable(["", ""])
    let engine = try device.start()
    let client = engine.client
    add("plugin", client.plugin.path)
    add("PJRT C API", "\(client.plugin.apiVersion.major).\(client.plugin.apiVersion.minor)")
    add("platform", [client.platformName, client.platformVersion].filter { !$0.isEmpty }.joined(separator: ", "))
    for (name, value) in client.plugin.attributes.sorted(by: { $0.key < $1.key }) { add(name, value.description) }
    add("kernels", engine.kernels.description)
    add("devices", client.devices.map { "\($0.id): \($0.kind)" }.joined(separator: ", "))
    terminal.write(table.text(colors: terminal.colors))
  }
}
