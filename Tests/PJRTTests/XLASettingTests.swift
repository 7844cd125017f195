import Foundation
import PJRT
import TestSupport
import Testing

/// What every program is compiled with: that it does what it is for, and what becomes of plugins that don't know it.
@Suite(.tags(.engine)) struct XLASettingTests {
  let plugin: Plugin
  /// Whether XLA is the version that goes wrong without the settings.
  let isOld: Bool

  init() throws {
    plugin = try Engine.shared().client.plugin
    isOld = plugin.apiVersion.minor == 81
  }

  /// Sends products to XNNPACK wherever it can compute them; by itself XLA does so on some processors.
  private static let preferringXNNPACK = XLASetting(
    "xla_cpu_experimental_xnn_graph_fusion_mode", .text("XNN_GRAPH_FUSION_MODE_BYPASS_COST_MODEL"))

  private func product(_ rows: Int, _ inner: Int, _ columns: Int, _ precision: String) -> String {
    let (x, w, y) = (
      "tensor<\(rows)x\(inner)xf32>", "tensor<\(inner)x\(columns)xf32>", "tensor<\(rows)x\(columns)xf32>"
    )
    return """
      func.func @main(%x: \(x), %w: \(w)) -> \(y) {
        %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0], precision = [\(precision), \(precision)]
          : (\(x), \(w)) -> \(y)
        return %0 : \(y)
      }
      """
  }

  /// The greatest differences of the products with weights, and with those weights halved in place, from sums in
  /// double precision over some of the rows.
  private func errors(_ sizes: [Int], precision: String, on client: Client) throws -> [Double] {
    let (rows, inner, columns) = (sizes[0], sizes[1], sizes[2])
    let left = (0..<rows * inner).map { Float(($0 * 7919) % 1009) / 1009 - 0.5 }
    var right = (0..<inner * columns).map { Float(($0 * 6007) % 997) / 997 }
    let program = try client.compile(product(rows, inner, columns, precision))
    let halving = try client.compile(
      """
      func.func @main(%w: tensor<\(inner)x\(columns)xf32> {tf.aliasing_output = 0 : i32}) -> tensor<\(inner)x\(columns)xf32> {
        %c = stablehlo.constant dense<0.5> : tensor<\(inner)x\(columns)xf32>
        %0 = stablehlo.multiply %w, %c : tensor<\(inner)x\(columns)xf32>
        return %0 : tensor<\(inner)x\(columns)xf32>
      }
      """)
    let x = try client.buffer(HostArray(left, shape: [rows, inner]))
    var w = try client.buffer(HostArray(right, shape: [inner, columns]))
    let address = try w.address()
    var errors: [Double] = []
    for round in 0..<2 {
      if round > 0 {
        w = try halving.execute([w])[0]
        right = right.map { $0 * 0.5 }
        try w.wait()
        #expect(try w.address() == address, "the weights moved, so that nothing is tested")
      }
      let found = try program.execute([x, w])[0].read().values(as: Float.self)
      var error = 0.0
      for row in stride(from: 0, to: rows, by: max(rows / 3, 1)) {
        for column in stride(from: 0, to: columns, by: 3) {
          let exact = (0..<inner).reduce(0.0) {
            $0 + Double(left[row * inner + $1]) * Double(right[$1 * columns + column])
          }
          error = max(error, abs(Double(found[row * columns + column]) - exact))
        }
      }
      errors.append(error)
    }
    return errors
  }

  @Test(
    arguments: [[200, 784, 64], [1000, 784, 64], [1000, 64, 128], [50, 128, 24], [20, 16, 8]], ["DEFAULT", "HIGHEST"])
  func productsFollowWeightsThatChangeInPlace(_ sizes: [Int], _ precision: String) throws {
    let standard = XLASetting.all(for: "cpu")
    for settings in [standard, standard + [Self.preferringXNNPACK]] {
      let client = try Client(plugin: plugin, settings: settings)
      #expect(try errors(sizes, precision: precision, on: client).allSatisfy { $0 < 1e-4 })
    }
  }

  /// The fault that the settings are against, so that it would be noticed if the tests above could not fail.
  @Test func withoutTheSettingsNumbersAreWrong() throws {
    #if arch(x86_64)
      let client = try Client(plugin: plugin, settings: [])
      #expect(try !PluginGuarantee.maximumKeepsNaN.holds(on: client, with: []))
      guard isOld else {
        // The newest plugin tried loses NaN by its libraries as well.
        let fused = XLASetting.all(for: "cpu").filter { $0.value == .flag(false) }
        guard plugin.apiVersion.minor >= 115 else { return }
        #expect(try !PluginGuarantee.maximumKeepsNaN.holds(on: client, with: fused))
        return
      }
      let stale = try Client(plugin: plugin, settings: [Self.preferringXNNPACK])
      let errors = try errors([200, 784, 64], precision: "DEFAULT", on: stale)
      #expect(errors[0] < 1e-4 && errors[1] > 0.01)
      #expect(try !PluginGuarantee.productsReadTheirArguments.holds(on: stale, with: [Self.preferringXNNPACK]))
    #endif
  }

  @Test func thePluginIsSound() throws {
    #expect(try Engine.shared().client.breaches().isEmpty)
  }

  /// A program compiled before a setting was there isn't used any more.
  @Test func programsOfOtherSettingsAreOtherPrograms() throws {
    let folder = try TemporaryFolder()
    let (old, new) = (try Client(plugin: plugin, settings: []), try Client(plugin: plugin))
    let cache = ProgramCache(folder: folder.path + "/programs")
    let text = Programs.scale(by: 3)
    #expect(
      cache.key(text, options: CompileOptions(), client: old) != cache.key(text, options: CompileOptions(), client: new)
    )
    let program = try old.compile(text)
    #expect(throws: EngineError.self) { try new.load(serialized: program.serialize()) }
    try cache.store(program, as: "name")
    #expect(cache.load("name", client: new) == nil && cache.count == 0)
    // Each setting counts.
    let standard = XLASetting.all(for: "cpu")
    let keys = try (standard.map { one in standard.filter { $0 != one } } + [standard]).map { settings in
      cache.key(text, options: CompileOptions(), client: try Client(plugin: plugin, settings: settings))
    }
    #expect(Set(keys).count == standard.count + 1)
  }

  @Test func areForTheirPlatformOnly() throws {
    #expect(
      XLASetting.all(for: "cpu").map(\.description) == [
        "xla_cpu_enable_fast_min_max=false", "xla_cpu_use_xnnpack=false", "xla_cpu_experimental_ynn_fusion_type=",
      ])
    for platform in ["cuda", "tpu", "metal"] { #expect(XLASetting.all(for: platform).isEmpty) }
  }

  @Test func unknownOnesAreLeftOutWhereThePluginIsSoundWithoutThem() throws {
    let standard = XLASetting.all(for: "cpu")
    let unknown = XLASetting("xla_no_such_setting", .flag(true), guarantee: .maximumKeepsNaN)
    let client = try Client(plugin: plugin, settings: [unknown] + standard)
    for factor in [3, 4] {
      let program = try client.compile(Programs.scale(by: factor))
      let result = try program.execute([client.buffer(HostArray([2] as [Float], shape: []))])[0].read()
      #expect(try result.values() == [2 * Float(factor)])
    }
    #expect(try client.acceptedSettings() == standard)
    // What is wrong with a program is told as ever.
    let error = #expect(throws: EngineError.self) { try client.compile("func.func @main() { rubbish }") }
    #expect(error?.description.contains("doesn't compile") == true && error?.description.contains("setting") == false)
  }

  @Test func aPluginThatNeedsAnUnknownOneIsRefused() throws {
    #if arch(x86_64)
      let unknown = XLASetting("xla_no_such_setting", .flag(true), guarantee: .maximumKeepsNaN)
      let client = try Client(plugin: plugin, settings: [unknown])
      for _ in 0..<2 {
        let error = #expect(throws: EngineError.self) { try client.compile(Programs.scale(by: 3)) }
        let message = error?.description ?? ""
        for part in [plugin.path, "'xla_no_such_setting'", "NaN", "tanren engine install"] {
          #expect(message.contains(part))
        }
      }
    #endif
  }
}
