import Foundation
import PJRT
import TestSupport
import Testing

/// Finding and loading plugins, and what they and their devices are called.
@Suite(.tags(.engine)) struct PluginTests {
  @Test func tellsAboutItself() throws {
    let plugin = try Engine.shared().client.plugin
    #expect(plugin.apiVersion.major == 0)
    #expect(plugin.apiVersion.minor >= 54)
    #expect(plugin.attributes["stablehlo_current_version"] != nil)
    #expect(plugin.isCPU)
    #expect(try Plugin.load(plugin.path) === plugin)
    let client = try Engine.shared().client
    #expect(client.platformName == "cpu")
    #expect(client.devices.map(\.kind) == ["cpu"])
  }

  @Test func refusesWhatIsNoPlugin() throws {
    let folder = try TemporaryFolder()
    let missing = folder.path + "/missing.so"
    #expect(throws: EngineError.notPlugin(path: missing, reason: "there is no such file")) { try Plugin.load(missing) }
    let text = try folder.write("not a library", to: "text.so")
    let error = #expect(throws: EngineError.self) { try Plugin.load(text) }
    #expect(error?.description.hasPrefix("\(text) is not a PJRT plugin") == true)
    #expect(throws: EngineError.self) { try Plugin.load(folder.path) }
    #if os(Linux)
      // The beginning of a library, which the system's loader would read beyond its end.
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: Engine.shared().client.plugin.path))
      let piece = folder.path + "/piece.so"
      try #require(try file.read(upToCount: 1 << 20)).write(to: URL(fileURLWithPath: piece))
      let short = #expect(throws: EngineError.self) { try Plugin.load(piece) }
      #expect(
        short?.description.hasPrefix(
          "\(piece) is not a PJRT plugin that can be loaded: it was cut short: it has 1048576 bytes") == true)
    #endif
    #if os(Linux)
      let library = try #require(try Self.mappedLibrary(named: "libc.so"))
      #expect(throws: EngineError.notPlugin(path: library, reason: "it doesn't export GetPjrtApi")) {
        try Plugin.load(library)
      }
    #endif
  }

  #if os(Linux)
    private static func mappedLibrary(named name: String) throws -> String? {
      let maps = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/self/maps")).readToEnd() ?? Data()
      return String(decoding: maps, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init).first {
        $0.contains("/" + name)
      }
    }
  #endif

  @Test(arguments: ["--xla_nosuch_flag=1", "xla_dump_to=/tmp", "-xla_dump_to=/tmp", "--xla_dump_to=/tmp --nonsense"])
  func refusesFlagsThatWouldEndTheProcess(flags: String) throws {
    let path = try Engine.shared().client.plugin.path
    let folder = try TemporaryFolder()
    if flags.hasPrefix("-") {
      #expect(throws: EngineError.self) { try XLAFlags.check(flags, pluginPath: path) }
    }
    let file = try folder.write("-" + flags, to: "flags")
    if flags != "-xla_dump_to=/tmp" {
      #expect(throws: EngineError.self) { try XLAFlags.check(file, pluginPath: path) }
    }
  }

  @Test func acceptsFlagsThatThePluginKnows() throws {
    let path = try Engine.shared().client.plugin.path
    for flags in [nil, "", "  ", "--xla_dump_to=/tmp --xla_cpu_multi_thread_eigen=true", "/no/such/file"] {
      try XLAFlags.check(flags, pluginPath: path)
    }
  }

  @Test(arguments: [0, -1, 1025, Int.max]) func refusesNumbersOfDevices(count: Int) throws {
    let plugin = try Engine.shared().client.plugin
    #expect(throws: EngineError.self) { try Client(plugin: plugin, options: ClientOptions(cpuDeviceCount: count)) }
  }
}
