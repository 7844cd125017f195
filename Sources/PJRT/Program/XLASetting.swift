/// An option of XLA that every program is compiled with.
package struct XLASetting: Sendable, Hashable {
  package enum Value: Sendable, Hashable {
    case flag(Bool)
    case text(String)
  }

  package let name: String
  package let value: Value
  /// The platform whose plugins get the setting.
  package let platform: String
  /// What a plugin that doesn't know the setting must guarantee by itself.
  package let guarantee: PluginGuarantee?

  package init(_ name: String, _ value: Value, platform: String = "cpu", guarantee: PluginGuarantee? = nil) {
    (self.name, self.value, self.platform, self.guarantee) = (name, value, platform, guarantee)
  }

  /// The settings for a platform.
  package static func all(for platform: String) -> [XLASetting] {
    (all + [InstructionSet.current.setting].compactMap(\.self)).filter { $0.platform == platform }
  }

  private static let all = [
    // The CPU's fast maximum and minimum drop NaN: a diverged network would look fine after a relu.
    XLASetting("xla_cpu_enable_fast_min_max", .flag(false), guarantee: .maximumKeepsNaN),
    // XNNPACK packs the right side of a product once per buffer address and never again, but parameters change in
    // place: evaluation and one-step programs would go on with the weights of the first epoch. See docs/engine.md.
    XLASetting("xla_cpu_use_xnnpack", .flag(false), guarantee: .productsReadTheirArguments),
    // Newer plugins hand sums and products with their inputs to YNNPACK, whose maximum drops NaN.
    XLASetting("xla_cpu_experimental_ynn_fusion_type", .text(""), guarantee: .maximumKeepsNaN),
  ]

  /// An entry of the map in field 7 of `CompileOptionsProto`: 1 the name, 2 a message whose field 1 is a text or whose
  /// field 2 is a flag.
  var serialized: [UInt8] {
    var content: [UInt8] = []
    switch value {
    case .text(let text): content.append(field: 1, bytes: [UInt8](text.utf8))
    case .flag(let flag): content.append(field: 2, varint: flag ? 1 : 0)
    }
    var entry: [UInt8] = []
    entry.append(field: 1, bytes: [UInt8](name.utf8))
    entry.append(field: 2, bytes: content)
    var message: [UInt8] = []
    message.append(field: 7, bytes: entry)
    return message
  }
}

extension XLASetting: CustomStringConvertible {
  package var description: String {
    switch value {
    case .flag(let flag): "\(name)=\(flag)"
    case .text(let text): "\(name)=\(text)"
    }
  }
}

/// A behavior that programs rely on and that a plugin may lack, by a bug or for speed. Each can be tested.
package enum PluginGuarantee: Sendable, CaseIterable {
  case maximumKeepsNaN
  case productsReadTheirArguments

  /// How a plugin that breaks it goes wrong.
  var breach: String {
    switch self {
    case .maximumKeepsNaN: "the maximum of a number and NaN isn't NaN"
    case .productsReadTheirArguments: "a product uses the values that lay at an address when it first ran"
    }
  }

  /// Tests it, in a few milliseconds.
  package func holds(on client: Client, with settings: [XLASetting]) throws(EngineError) -> Bool {
    switch self {
    case .maximumKeepsNaN: try Self.maximumKeepsNaN(client, settings)
    case .productsReadTheirArguments: try Self.productsReadTheirArguments(client, settings)
    }
  }

  private static func maximumKeepsNaN(_ client: Client, _ settings: [XLASetting]) throws(EngineError) -> Bool {
    // Alone, and followed by a sum of so many numbers that both may be handed to a library.
    let type = BufferType(dtype: .float32, shape: [2048, 16])
    let bodies = [
      ("%0 = stablehlo.maximum %x, %y : tensor<2048x16xf32>", "tensor<2048x16xf32>"),
      ("%0 = stablehlo.maximum %y, %x : tensor<2048x16xf32>", "tensor<2048x16xf32>"),
      (
        """
        %zero = stablehlo.constant dense<0.0> : tensor<f32>
        %zeros = stablehlo.constant dense<0.0> : tensor<2048x16xf32>
        %difference = stablehlo.subtract %x, %y : tensor<2048x16xf32>
        %greater = stablehlo.maximum %difference, %zeros : tensor<2048x16xf32>
        %0 = stablehlo.reduce(%greater init: %zero) applies stablehlo.add across dimensions = [0]
          : (tensor<2048x16xf32>, tensor<f32>) -> tensor<16xf32>
        """, "tensor<16xf32>"
      ),
    ]
    for (body, result) in bodies {
      let program = try client.compile(
        """
        func.func @main(%x: tensor<2048x16xf32>, %y: tensor<2048x16xf32>) -> \(result) {
          \(body)
          return %0 : \(result)
        }
        """, options: CompileOptions(), with: settings)
      let arguments = [try client.buffer(filledWith: .nan, type: type), try client.buffer(filledWith: 1, type: type)]
      guard try program.execute(arguments)[0].read().floats.allSatisfy(\.isNaN) else { return false }
    }
    return true
  }

  private static func productsReadTheirArguments(
    _ client: Client, _ settings: [XLASetting]
  ) throws(EngineError) -> Bool {
    // As large as a layer's product with all of a small test set. Sums of ones are exact.
    let (rows, inner, columns) = (1000, 784, 64)
    let product = try client.compile(
      """
      func.func @main(%x: tensor<\(rows)x\(inner)xf32>, %w: tensor<\(inner)x\(columns)xf32>) -> tensor<\(rows)x\(columns)xf32> {
        %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0]
          : (tensor<\(rows)x\(inner)xf32>, tensor<\(inner)x\(columns)xf32>) -> tensor<\(rows)x\(columns)xf32>
        return %0 : tensor<\(rows)x\(columns)xf32>
      }
      """, options: CompileOptions(), with: settings)
    let doubled = try client.compile(
      """
      func.func @main(%w: tensor<\(inner)x\(columns)xf32> {tf.aliasing_output = 0 : i32}) -> tensor<\(inner)x\(columns)xf32> {
        %0 = stablehlo.add %w, %w : tensor<\(inner)x\(columns)xf32>
        return %0 : tensor<\(inner)x\(columns)xf32>
      }
      """, options: CompileOptions(), with: settings)
    let left = try client.buffer(filledWith: 1, type: BufferType(dtype: .float32, shape: [rows, inner]))
    var right = try client.buffer(filledWith: 1, type: BufferType(dtype: .float32, shape: [inner, columns]))
    for factor in [1, 2, 4] as [Float] {
      let found = try product.execute([left, right])[0].read().floats
      guard found.allSatisfy({ $0 == factor * Float(inner) }) else { return false }
      right = try doubled.execute([right])[0]
    }
    return true
  }
}

extension Client {
  fileprivate func buffer(filledWith value: Float, type: BufferType) throws(EngineError) -> Buffer {
    let values = [Float](repeating: value, count: type.shape.reduce(1, *))
    return try values.withUnsafeBytes { bytes in
      Result { () throws(EngineError) in try buffer(bytes, type: type) }
    }.get()
  }
}

extension HostArray {
  fileprivate var floats: [Float] { bytes.withUnsafeBytes { [Float]($0.bindMemory(to: Float.self)) } }
}
