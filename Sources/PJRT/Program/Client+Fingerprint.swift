import Foundation

extension Client {
  /// A digest of all that a compiled program depends on besides its text and options: the plugin, the
  /// platform, the devices, the processor, XLA's settings and its flags.
  ///
  /// The plugin's file is told by its size and its first 64 KiB, where linkers put a digest of the rest.
  static func fingerprint(
    plugin: Plugin, platformName: String, platformVersion: String, devices: [Device], settings: [XLASetting]
  ) -> String {
    var hash = SHA256()
    func add(_ text: String) { hash.update([UInt8](text.utf8) + [0]) }
    add("\(plugin.apiVersion.major).\(plugin.apiVersion.minor)")
    for (name, value) in plugin.attributes.sorted(by: { $0.key < $1.key }) { add("\(name)=\(value)") }
    add(platformName)
    add(platformVersion)
    for device in devices { add(device.kind) }
    add(HostProcessor.description)
    add(settings.map(\.description).joined(separator: " "))
    add(ProcessInfo.processInfo.environment["XLA_FLAGS"] ?? "")
    if let file = FileHandle(forReadingAtPath: plugin.path) {
      defer { try? file.close() }
      hash.update([UInt8]((try? file.read(upToCount: 65_536)) ?? Data()))
      add("\((try? file.seekToEnd()) ?? 0)")
    }
    return hash.hexDigest()
  }
}
