import Tanren

/// `devices2-step`, `devices4-step`: steps of the MLP on several devices, an execution each, on one batch.
final class DeviceRounds: BenchRounds {
  /// Who divides the work.
  enum Division {
    /// Nobody: one device does it.
    case none
    /// The program: a copy on each device, with explicit exchange.
    case replicas
    /// XLA's Shardy partitioner, from a program for one device whose batch is annotated.
    case partitions
  }

  private static let steps = 100

  private let executable: Executable
  private let batch: [[Buffer]]
  /// On each device.
  private var parameters: [[Buffer]]

  /// - Parameter engine: with or without kernels; it has as many devices as take part.
  init(_ division: Division, on engine: Engine) throws {
    let model = try BenchModel(on: engine)
    let devices = division == .none ? 1 : engine.devices
    switch division {
    case .none: executable = try engine.compile(model.program(on: engine).text)
    case .replicas:
      executable = try engine.compile(
        model.program(devices: devices, on: engine).text, options: CompileOptions(replicas: devices))
    case .partitions:
      executable = try engine.compile(
        try Self.annotated(model.program(on: engine), model, devices),
        options: CompileOptions(partitions: devices, usesSPMD: true, usesShardy: true))
    }
    let (whole, share) = (model.firstBatch(), BenchModel.batch / devices)
    batch = try (0..<devices).map { device in
      try whole.map { tensor in
        try engine.buffer(tensor.slice(device * share..<(device + 1) * share).hostArray(), device: device)
      }
    }
    parameters = try (0..<devices).map { device in
      try model.parameters.map { try engine.buffer($0.hostArray(), device: device) }
    }
  }

  /// The program's text with a mesh of devices: the batch's rows are divided, parameters and results are everywhere.
  private static func annotated(_ program: Program, _ model: BenchModel, _ devices: Int) throws -> String {
    func sharding(_ type: TensorType, isDivided: Bool) -> String {
      let axes = type.shape.indices.map { $0 == 0 && isDivided ? "{\"devices\"}" : "{}" }
      return "sdy.sharding = #sdy.sharding<@mesh, [\(axes.joined(separator: ", "))]>"
    }
    var text = program.text.replacing("  func.func", with: "  sdy.mesh @mesh = <[\"devices\"=\(devices)]>\n  func.func")
    for (index, type) in program.inputs.enumerated() {
      let attribute = sharding(type, isDivided: model.aliases[index] == nil)
      let alias = "{tf.aliasing_output = \(index) : i32"
      let (argument, aliased) = ("%arg\(index): \(type)", "%arg\(index): \(type) \(alias)")
      text =
        text.contains(aliased)
        ? text.replacing(aliased, with: "\(aliased), \(attribute)")
        : text.replacing(argument, with: "\(argument) {\(attribute)}")
    }
    let results = program.results.map { "\($0) {\(sharding($0, isDivided: false))}" }.joined(separator: ", ")
    let plain = program.results.map(\.description).joined(separator: ", ")
    return text.replacing("-> (\(plain)) {", with: "-> (\(results)) {")
  }

  func round() throws -> (units: Int, loss: Double) {
    var loss: Buffer?
    for _ in 0..<Self.steps {
      let results = try executable.execute(perDevice: zip(parameters, batch).map { $0 + $1 })
      parameters = results.map { Array($0.dropLast()) }
      loss = results[0].last
    }
    return (Self.steps, Double(try loss?.read().values(as: Float.self)[0] ?? .nan))
  }
}
