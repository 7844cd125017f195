import Configuration
import Formats
import PJRT
import Tensors

/// Inputs transformed so that all their values are uncorrelated and of variance 1 over the training set, and as close to
/// the originals as that allows: Keras' `zca_whitening`, which subtracts each channel's mean first.
///
/// The matrix is `(S + epsilon)^(-1/2)`, S being the training set's covariance, as in keras-preprocessing. Keras 3 adds
/// epsilon to the singular values instead.
public struct ZCAWhitening: NamedPreprocessing, FittedPreprocessing {
  public static let declaration = Declaration(
    "zcaWhitening", "values of an example made uncorrelated over the training set (Keras' zca_whitening)",
    standard: ZCAWhitening(),
    settings: [
      Setting("epsilon", \.epsilon, .number(in: 1e-9...1e9), "added to the eigenvalues of the covariance"),
      Setting("white", \.white, .white, "inputs are divided by it first: 255 for bytes"),
    ])
  /// Values per example; the covariance has the square of that.
  static let limit = 8192
  private static let block = 500

  public var epsilon: Double
  public var white: Double

  public init(epsilon: Double = 1e-6, white: Double = 255) {
    self.epsilon = epsilon
    self.white = white
  }

  /// Two passes: the mean's, and the covariance's.
  public func statistics(of inputs: any RecordReader) throws -> [String: HostArray] {
    let features = inputs.shape.reduce(1, *)
    guard features <= Self.limit else {
      throw DatasetError(
        .invalidArgument(
          name: "the size of an example", value: "\(features)", allowed: "at most \(Self.limit) for whitening"))
    }
    let mean = try ChannelStatistics(of: inputs, white: white).mean
    let covariance = try Self.covariance(of: inputs, mean: mean, white: white)
    let matrix = try Self.inverseRoot(of: covariance, epsilon: epsilon).cast(to: .float32).hostArray()
    return ["mean": try HostArray(mean), "matrix": matrix]
  }

  public func preprocessing(with statistics: [String: HostArray]) throws(DatasetError) -> any Preprocessing {
    Whitening(
      mean: try statistics.statistic("mean", .float64, axes: 1).converted(),
      matrix: try statistics.statistic("matrix", .float32, axes: 2), white: white)
  }

  /// `float64 [features, features]`
  private static func covariance(of inputs: any RecordReader, mean: [Double], white: Double) throws -> Tensor {
    let (features, center) = (inputs.shape.reduce(1, *), Tensor(try Tensor(mean).buffer()))
    func products(_ block: Range<Int>) throws -> Tensor {
      let values = try inputs.block(block).cast(to: .float64) / white
      return (values - center).reshape(to: [block.count, features]).gramMatrix()
    }
    // What doesn't fill a block comes first.
    let whole = inputs.count / block * block
    var sum =
      whole == inputs.count
      ? Tensor.zeros([features, features], dtype: .float64) : try products(whole..<inputs.count).evaluate()
    for start in stride(from: 0, to: whole, by: block) {
      sum = try (sum + products(start..<start + block)).evaluate()
    }
    return try (sum / Double(inputs.count)).evaluate()
  }

  /// `(matrix + epsilon)^(-1/2)` of a symmetric matrix without negative eigenvalues, by the engine on the CPU.
  private static func inverseRoot(of matrix: Tensor, epsilon: Double) throws -> Tensor {
    let (values, vectors) = Tensor(try matrix.hostArray()).eigh()
    let scaled = vectors * (values.maximum(0) + epsilon).rsqrt()
    return try scaled.matmul(vectors.transpose()).evaluate(on: Engine.host())
  }
}

/// A fitted ``ZCAWhitening``.
private struct Whitening: Preprocessing {
  let mean: [Double]
  let matrix: HostArray
  let white: Double

  func callAsFunction(_ inputs: Tensor, dtype: DType) -> Tensor {
    if inputs.diagnostic != nil { return inputs }
    let features = Shape(inputs.shape.dropFirst()).elementCount
    guard features == matrix.shape[0], inputs.shape.last == mean.count else {
      let message = "was fitted to \(matrix.shape[0]) numbers in \(mean.count) channels an example"
      return .failed(Diagnostic(operation: ZCAWhitening.name, message: message, inputs: [inputs.type]))
    }
    let distances = inputs.cast(to: dtype) / white - Tensor(mean).cast(to: dtype)
    let flat = distances.reshape(to: [inputs.shape[0], features])
    return flat.matmul(Tensor(matrix).cast(to: dtype)).reshape(to: inputs.shape)
  }
}
