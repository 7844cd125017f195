import Training

/// A network, how it is trained, and the data and initial values that NumPy had for it; see
/// `Fixtures/generate_oracle.py`.
struct OracleNetwork: Sendable {
  static let classes = 4
  static let trainCount = 600
  static let testSizes = [1, 200, 400, 1000, 1001, 2001]
  static let members = 2
  static let epochs = 3

  let name: String
  let model: Sequential
  /// The shape of an example.
  let shape: [Int]
  /// The first member's; each further one has half as much.
  let rate: Double
  let momentum: Double
  /// Whether there are ReLUs, whose gradient hangs on rounding where their input is nearly 0.
  var hasReLU = false

  static let all: [OracleNetwork] =
    [5, 24, 100, 512].map { width in
      OracleNetwork(
        name: "mlp \(width)",
        model: Sequential {
          Dense(width); Tanh(); Dense(width); Tanh(); Dense(classes)
        },
        shape: [20], rate: 0.125, momentum: 0.9)
    }
    + [5, 16, 64].map { width in
      OracleNetwork(
        name: "cnn \(width)",
        model: Sequential {
          Conv2D(width, size: 3, padding: .same, hasBias: false)
          BatchNorm(.pyTorch, activation: ReLU())
          MaxPool2D()
          Conv2D(width, size: 3, padding: .same, hasBias: false)
          BatchNorm(.pyTorch, activation: ReLU())
          Flatten()
          Dense(classes)
        },
        shape: [6, 6, 2], rate: 0.03125, momentum: 0.9, hasReLU: true)
    }
    + [5, 128].map { recurrent("rnn \($0)", SimpleRNNCell($0), rate: 0.25) }
    + [recurrent("lstm 32", LSTMCell(32), rate: 1)]

  private static func recurrent(_ name: String, _ cell: any RecurrentCell, rate: Double) -> OracleNetwork {
    OracleNetwork(
      name: name,
      model: Sequential {
        Recurrent(cell); Dense(classes)
      }, shape: [6, 4], rate: rate, momentum: 0)
  }

  /// Training examples, then as many test examples as the largest test set has.
  func data() throws -> OracleData {
    let size = shape.reduce(1, *)
    let count = Self.trainCount + (Self.testSizes.max() ?? 0)
    let inputs = Self.draws(seed: 1 + size, count: count * size)
    let teacher = Self.draws(seed: 2, count: size * Self.classes)
    let labels = (0..<count).map { example in
      var products = Array(repeating: 0.0, count: Self.classes)
      for index in 0..<size {
        let value = inputs[example * size + index]
        for label in 0..<Self.classes { products[label] += value * teacher[index * Self.classes + label] }
      }
      return Int32(products.firstIndex(of: products.max() ?? 0) ?? 0)
    }
    return OracleData(shape: shape, inputs: inputs, labels: labels)
  }

  /// - Parameter parameters: those of ``parameters(member:_:precision:)``.
  func trainer(
    member: Int, _ data: OracleData, precision: Precision, parameters: TensorTree? = nil
  ) throws -> Trainer {
    let method = Method(
      loss: SoftmaxCrossEntropy(), optimizer: SGD(learningRate: rate / Double(1 << member), momentum: momentum))
    return try Trainer(
      model: model, method: method, inputs: data.examples(0..<1, dtype: precision.parameters).inputs,
      precision: precision, parameters: parameters)
  }

  /// A member's initial parameters, under the model's own paths and of its shapes.
  func parameters(member: Int, _ data: OracleData, precision: Precision) throws -> TensorTree {
    let drawn = try trainer(member: member, data, precision: precision).state.parameters
    let numbers = Dictionary(uniqueKeysWithValues: drawn.paths.sorted().enumerated().map { ($0.element, $0.offset) })
    return try drawn.map { path, tensor in
      let draws = Self.draws(seed: 100 * member + (numbers[path] ?? 0) + 10, count: tensor.shape.elementCount)
      let scale = Self.kernelScale(inputs: tensor.shape.dropLast().reduce(1, *))
      let values: [Double] =
        if path.hasSuffix("kernel") {
          draws.map { $0 * scale }
        } else {
          draws.map { $0 / 8 + (path.hasSuffix("scale") ? 1 : 0) }
        }
      return Tensor(try HostArray(values, shape: Array(tensor.shape), dtype: tensor.dtype))
    }
  }

  static func order(member: Int) -> NumPyOrder { NumPyOrder(NumPyRandomState(seed: UInt32(member + 5))) }

  /// Multiples of 1/2048 in [-1, 1), which every element type of 12 bits or more holds exactly.
  private static func draws(seed: Int, count: Int) -> [Double] {
    var generator = NumPyRandomState(seed: UInt32(seed))
    return (0..<count).map { _ in (generator.randomSample() * 4096).rounded(.down) / 2048 - 1 }
  }

  private static func kernelScale(inputs: Int) -> Double {
    var scale = 1.0
    while scale * scale * Double(inputs) > 3 { scale /= 2 }
    return scale
  }
}

/// A network's examples.
struct OracleData: Sendable {
  let shape: [Int]
  let inputs: [Double]
  let labels: [Int32]

  func training(_ dtype: DType) throws -> LabeledArrays { try examples(0..<OracleNetwork.trainCount, dtype: dtype) }

  /// The first `count` test examples.
  func test(_ count: Int, _ dtype: DType) throws -> LabeledArrays {
    try examples(OracleNetwork.trainCount..<OracleNetwork.trainCount + count, dtype: dtype)
  }

  func examples(_ range: Range<Int>, dtype: DType) throws -> LabeledArrays {
    let size = shape.reduce(1, *)
    let values = inputs[range.lowerBound * size..<range.upperBound * size]
    let whole = [range.count] + shape
    return try LabeledArrays(
      inputs: HostArray(Array(values), shape: whole, dtype: dtype),
      targets: HostArray(Array(labels[range])), classCount: OracleNetwork.classes)
  }
}

extension HostArray {
  /// Numbers as float64, or rounded to float32.
  init(_ values: [Double], shape: [Int], dtype: DType) throws {
    self = try dtype == .float64 ? HostArray(values, shape: shape) : HostArray(values.map { Float($0) }, shape: shape)
  }

  /// The elements of an array of float64 or float32.
  func doubles() throws -> [Double] { try dtype == .float64 ? values() : values(as: Float.self).map(Double.init) }
}
