import PJRT
import Testing

@testable import Training

/// Small data sets and models, which compile and train in a moment.
enum Problems {
  /// Drawn digits, 300 to learn from and 100 to be judged on.
  static let digits = Result { try SyntheticDigits.generate(trainCount: 300, testCount: 100) }

  /// `count` points of three classes in the plane, a class on each side of a triangle.
  static func classes(_ count: Int, dtype: DType = .float64) throws -> LabeledArrays {
    var random = NumPyRandomState(seed: 7)
    let corners = [(0.0, 1.0), (-1.0, -0.7), (1.0, -0.7)]
    let labels = (0..<count).map { Int32($0 % 3) }
    let points = labels.flatMap { label -> [Double] in
      let (x, y) = corners[Int(label)]
      return [x + 0.5 * random.standardNormal(), y + 0.5 * random.standardNormal()]
    }
    let inputs =
      dtype == .float64
      ? try HostArray(points, shape: [count, 2]) : try HostArray(points.map { Float($0) }, shape: [count, 2])
    return try LabeledArrays(inputs: inputs, targets: HostArray(labels), classCount: 3)
  }

  /// Real targets `[count, 2]` for inputs `[count, 3]`.
  static func regression(_ count: Int) throws -> LabeledArrays {
    var random = NumPyRandomState(seed: 3)
    return try LabeledArrays(
      inputs: HostArray(random.randn(3 * count), shape: [count, 3]),
      targets: HostArray(random.randn(2 * count), shape: [count, 2]))
  }

  static var network: Sequential {
    Sequential {
      Dense(6); Tanh(); Dense(3)
    }
  }

  static func trainer(
    _ data: LabeledArrays, model: any Layer = Problems.network, loss: any Loss = SoftmaxCrossEntropy(),
    optimizer: any Optimizer = SGD(learningRate: 0.1), metrics: [any Metric] = [Accuracy()],
    penalties: [any Penalty] = [],
    rule: any GradientRule = PlainGradient(), averaging: any Averaging = NoAveraging(), seed: UInt64 = 1,
    parameters: TensorTree? = nil, devices: Int = 1
  ) throws -> Trainer {
    try Trainer(
      model: model,
      method: Method(loss: loss, optimizer: optimizer) {
        $0.metrics = metrics
        $0.penalties = penalties
        $0.gradientRule = rule
        $0.averaging = averaging
      },
      inputs: data.inputs, precision: data.inputs.dtype == .float64 ? .float64 : .float32, seed: seed,
      parameters: parameters, devices: devices)
  }
}

extension LabeledArrays {
  /// The records of a range.
  func part(_ range: Range<Int>) throws -> LabeledArrays { try records(at: Array(range)) }
}

extension TrainingState {
  /// Every tensor's bytes by path.
  func bytes() throws -> [String: [UInt8]] {
    Dictionary(uniqueKeysWithValues: try tree.pairs.map { ($0.path, try $0.tensor.hostArray().bytes) })
  }
}

extension Trainer {
  /// All parameters, one after the other.
  func numbers() throws -> [Double] { try state.parameters.doubles() }
}

extension TensorTree {
  func doubles() throws -> [Double] {
    try evaluate().tensors.flatMap { try $0.cast(to: .float64).values(as: Double.self) }
  }
}

extension History {
  /// What was recorded, without the times.
  var metrics: [[String: Double]] {
    epochs.map { Dictionary(uniqueKeysWithValues: $0.metrics.map { ($0.key, $0.value) }) }
  }
}
