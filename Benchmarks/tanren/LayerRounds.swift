import Tanren

/// A dense network, the benchmarks' 784-100-50-10 if nothing else is said, with relu, softmax cross entropy and SGD at
/// rate 0.1, and its training step made of the same parts that `Trainer` puts together.
struct BenchModel {
  static let units = [784, 100, 50, 10]
  static let batch = 100

  static let method = Method(loss: SoftmaxCrossEntropy(), optimizer: SGD(learningRate: 0.1))

  /// On the device, kernels and biases in turn: He-normal draws, and zeros.
  let parameters: [Tensor]
  private let paths: [String]
  private let layers: MLP
  private let units: [Int]
  private let batch: Int

  init(units: [Int] = Self.units, batch: Int = Self.batch, on engine: Engine) throws {
    (self.units, self.batch) = (units, batch)
    layers = MLP(Array(units.dropFirst()), activation: ReLU())
    var generator = NumPyRandomState(seed: 10)
    var (parameters, paths): ([Tensor], [String]) = ([], [])
    for (index, (inputs, outputs)) in zip(units, units.dropFirst()).enumerated() {
      let scale = (2 / Double(inputs)).squareRoot()
      let kernel = try HostArray(generator.randn(inputs * outputs).map { Float($0 * scale) }, shape: [inputs, outputs])
      parameters.append(Tensor(try engine.buffer(kernel)))
      parameters.append(Tensor(try engine.buffer(HostArray([Float](repeating: 0, count: outputs)))))
      paths += ["dense\(index + 1)/kernel", "dense\(index + 1)/bias"]
    }
    (self.parameters, self.paths) = (parameters, paths)
  }

  /// A batch that needs no file: float32 [batch, 784] and int32 [batch].
  func firstBatch() -> [Tensor] {
    let pixels = (0..<batch * units[0]).map { Float($0 % 251) / 251 }
    return [Tensor(pixels, shape: [batch, units[0]]), Tensor((0..<batch).map { Int32($0 % units[units.count - 1]) })]
  }

  /// Parameters and a batch in, parameters and the batch's loss out; the parameters' memory is used again.
  /// - Parameter devices: each has all parameters and an equal part of the batch.
  func program(devices: Int = 1, on engine: Engine) throws -> Program {
    let share = batch / devices
    let batch = [TensorType(.float32, [share, units[0]]), TensorType(.int32, [share])]
    return try Program(parameters.map(\.type) + batch, aliases: aliases, devices: devices, on: engine) { arguments in
      let (next, loss) = step(
        Array(arguments.prefix(paths.count)), arguments[paths.count], arguments[paths.count + 1],
        over: DeviceAxis(devices: devices))
      return next + [loss]
    }
  }

  /// As ``program(on:)`` for all batches of a data set, one after the other in one execution. The data set is
  /// `[batches, 100, 784]` and `[batches, 100]`.
  func program(over inputs: TensorType, _ targets: TensorType, on engine: Engine) throws -> Program {
    try Program(parameters.map(\.type) + [inputs, targets], aliases: aliases, on: engine) { arguments in
      let looped = scan(carry: Array(arguments.prefix(paths.count)), over: Array(arguments.suffix(2))) { carry, batch in
        let (next, loss) = step(carry, batch[0], batch[1])
        return (next, [loss])
      }
      let losses = looped.outputs.map { $0[$0.shape[0] - 1] }
      return looped.carry + losses
    }
  }

  var aliases: [Int: Int] { Dictionary(uniqueKeysWithValues: paths.indices.map { ($0, $0) }) }

  private func step(
    _ parameters: [Tensor], _ inputs: Tensor, _ targets: Tensor, over axis: DeviceAxis = DeviceAxis(devices: 1)
  ) -> ([Tensor], Tensor) {
    let method = Self.method
    let tree = TensorTree(zip(paths, parameters).map { ($0, $1) })
    let (loss, gradients) = valueAndGradient(at: parameters) { point in
      let variables = ModelVariables(parameters: tree.with(axis.spread(point)))
      let output = layers.apply(variables, to: inputs, isTraining: true).output
      return axis.mean(method.loss(output, targets, weights: nil).objective)
    }
    let context = UpdateContext(
      parameters: tree, progress: Progress(step: Tensor(0, dtype: .int32), stepsPerEpoch: 600, epochs: 1),
      key: Key(seed: 0), loss: loss)
    let updates = method.optimizer.transform.update(tree.with(gradients), state: TensorTree(), context: context).updates
    return (tree.zip(updates) { $0 + $1 }.tensors, loss)
  }
}

/// MNIST from a folder, or random data of its shape.
struct BenchData {
  let train: LabeledArrays
  let test: LabeledArrays
  let name: String

  init(folder: String?) throws {
    if let folder {
      let pair = try MNIST.load(from: DataFolders(searched: [folder], cache: folder, allowsDownload: false))
      (train, test, name) = (pair.train, pair.test, "MNIST")
    } else {
      var generator = NumPyRandomState(seed: 0)
      train = try Self.random(60_000, &generator)
      test = try Self.random(10_000, &generator)
      name = "random"
    }
  }

  private static func random(_ count: Int, _ generator: inout NumPyRandomState) throws -> LabeledArrays {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * 784)
    while bytes.count < count * 784 { withUnsafeBytes(of: generator.nextUInt64()) { bytes += $0 } }
    let labels = (0..<count).map { _ in Int32(generator.nextUInt32() % 10) }
    return try LabeledArrays(
      inputs: HostArray(dtype: .uint8, shape: [count, 28, 28], bytes: Array(bytes.prefix(count * 784))),
      targets: HostArray(labels), classCount: 10)
  }
}

/// The batches of one pass, an execution each: `mlp-step`, variant `step`.
final class StepRounds: BenchRounds {
  private let program: Program
  private let batches: [[Tensor]]
  private var parameters: [Tensor]

  init(_ data: LabeledArrays, on engine: Engine) throws {
    let model = try BenchModel(on: engine)
    program = try model.program(on: engine)
    parameters = model.parameters
    let (size, width) = (BenchModel.batch, BenchModel.units[0])
    let labels = try data.labels()
    batches = try (0..<data.count / size).map { index in
      let bytes = data.inputs.bytes[index * size * width..<(index + 1) * size * width]
      let inputs = try HostArray(bytes.map { Float($0) / 255 }, shape: [size, width])
      let targets = try HostArray(Array(labels[index * size..<(index + 1) * size]))
      return [Tensor(try engine.buffer(inputs)), Tensor(try engine.buffer(targets))]
    }
  }

  func round() throws -> (units: Int, loss: Double) {
    var loss = Tensor(0)
    for batch in batches {
      let results = try program(parameters + batch)
      parameters = Array(results.dropLast())
      loss = results[results.count - 1]
    }
    return (batches.count, Double(try loss.values(as: Float.self)[0]))
  }
}

/// The batches of one pass in one execution: `mlp-step`, variant `chunk`.
final class ChunkRounds: BenchRounds {
  private let program: Program
  private let batches: Int
  private let data: [Tensor]
  private var parameters: [Tensor]

  init(_ source: LabeledArrays, on engine: Engine) throws {
    let (size, width) = (BenchModel.batch, BenchModel.units[0])
    batches = source.count / size
    let inputs = try HostArray(source.inputs.bytes.map { Float($0) / 255 }, shape: [batches, size, width])
    let targets = try HostArray(source.labels(), shape: [batches, size])
    data = [Tensor(try engine.buffer(inputs)), Tensor(try engine.buffer(targets))]
    let model = try BenchModel(on: engine)
    parameters = model.parameters
    program = try model.program(over: data[0].type, data[1].type, on: engine)
  }

  func round() throws -> (units: Int, loss: Double) {
    let results = try program(parameters + data)
    parameters = Array(results.dropLast())
    return (batches, Double(try results[results.count - 1].values(as: Float.self)[0]))
  }
}
