import Configuration

/// A random matrix whose rows or columns, whichever are fewer, are orthogonal and of length `gain`, uniformly
/// distributed over all such matrices. A convolution kernel is taken as the matrix
/// `[height·width·inputs, outputs]`.
public struct OrthogonalInitializer: Initializer {
  public static let declaration = Declaration(
    "orthogonal", "a random orthogonal matrix", standard: OrthogonalInitializer(),
    reference: Reference(
      "Saxe et al.", 2014, "Exact Solutions to the Nonlinear Dynamics of Learning in Deep Linear Neural Networks",
      "https://arxiv.org/abs/1312.6120"),
    settings: [Setting("gain", \.gain, .finite, "gain g, the length of rows or columns")])

  public var gain: Double

  public init(gain: Double = 1) { self.gain = gain }

  public func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor {
    guard shape.rank >= 2, shape.allSatisfy({ $0 > 0 }) else {
      return .failed(Diagnostic(operation: Self.name, message: "makes matrices and kernels, not \(shape)"))
    }
    let (rows, columns) = (shape.dropLast().reduce(1, *), shape.last)
    let work: DType = dtype == .float64 ? .float64 : .float32
    let vectors = key.normal([Swift.min(rows, columns), Swift.max(rows, columns)], dtype: work).orthonormalized()
    return ((rows < columns ? vectors : vectors.transpose()) * gain).reshape(to: shape).cast(to: dtype)
  }
}

extension Initializer where Self == OrthogonalInitializer {
  /// ``OrthogonalInitializer``.
  public static func orthogonal(gain: Double = 1) -> Self { OrthogonalInitializer(gain: gain) }
}

extension Tensor {
  /// Orthonormalizes the rows `[n, m]`, n ≤ m, one after the other by the Gram-Schmidt process.
  fileprivate func orthonormalized() -> Tensor {
    let count = shape[0]
    let positions = Tensor.iota([count, 1], axis: 0)
    return scan(carry: [zerosLike()], over: [self, Tensor.iota([count])]) { carry, elements in
      let known = carry[0]
      var row = elements[0].expand(at: 0)
      // In floating point, once isn't enough: the second pass removes what rounding left.
      for _ in 0..<2 { row = row - row.matmul(known.transpose()).matmul(known) }
      row = row / row.squared().sum().sqrt()
      return ([known.replaced(where: positions .== elements[1], by: row)], [])
    }.carry[0]
  }
}

/// `gain` on the diagonal of a matrix, square or not, and 0 elsewhere: for recurrent ReLUs.
public struct IdentityInitializer: Initializer {
  public static let declaration = Declaration(
    "identity", "a multiple of the identity matrix", standard: IdentityInitializer(),
    reference: Reference(
      "Le et al.", 2015, "A Simple Way to Initialize Recurrent Networks of Rectified Linear Units",
      "https://arxiv.org/abs/1504.00941"),
    settings: [Setting("gain", \.gain, .finite, "gain g, the value of the diagonal")])

  public var gain: Double

  public init(gain: Double = 1) { self.gain = gain }

  public func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor {
    guard shape.rank == 2 else {
      return .failed(Diagnostic(operation: Self.name, message: "makes matrices, not \(shape)"))
    }
    return (Tensor.iota(shape, axis: 0) .== Tensor.iota(shape, axis: 1)).cast(to: dtype) * gain
  }
}

/// Zeros, except for ones in the second quarter of the last axis: the bias of an LSTM's forget gate, so that the cell
/// remembers at first.
public struct ForgetBias: Initializer {
  public static let declaration = Declaration(
    "forgetBias", "zeros, and ones for an LSTM's forget gate", standard: ForgetBias(),
    reference: Reference(
      "Jozefowicz et al.", 2015, "An Empirical Exploration of Recurrent Network Architectures",
      "https://proceedings.mlr.press/v37/jozefowicz15.html"))

  public init() {}

  public func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor {
    guard shape.rank >= 1 else { return Tensor.zeros(shape, dtype: dtype) }
    let (units, place) = (Double(shape.last / 4), Tensor.iota(shape, axis: shape.rank - 1))
    return ((place .>= units) .& (place .< 2 * units)).cast(to: dtype)
  }
}

/// Sparse normal values for the recurrent weights of echo state networks: a square matrix has a spectral radius of
/// about `gain`.
///
/// A value is nonzero with probability `connectivity`; its standard deviation is `gain/sqrt(connectivity·shape[0])`.
public struct SparseNormalInitializer: Initializer {
  public static let declaration = Declaration(
    "sparseNormal", "sparse normal values, for echo state networks", standard: SparseNormalInitializer(),
    reference: Reference(
      "Jaeger and Haas", 2004,
      "Harnessing Nonlinearity: Predicting Chaotic Systems and Saving Energy in Wireless Communication",
      "https://doi.org/10.1126/science.1091277"),
    settings: [
      Setting(
        "connectivity", \.connectivity, .number(in: 1e-9...1), "connectivity p, the probability of a nonzero value"),
      Setting("gain", \.gain, .finite, "gain g, about the spectral radius of a square matrix"),
    ])

  public var connectivity: Double
  public var gain: Double

  public init(connectivity: Double = 0.1, gain: Double = 1) {
    self.connectivity = connectivity
    self.gain = gain
  }

  public func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor {
    guard connectivity > 0, connectivity <= 1 else {
      let message = "the connectivity is \(connectivity), but must be above 0 and at most 1"
      return .failed(Diagnostic(operation: Self.name, message: message))
    }
    let deviation = gain / (connectivity * Double(Swift.max(1, shape.first ?? 1))).squareRoot()
    return key.derived("values").normal(shape, deviation: deviation, dtype: dtype)
      .replaced(where: .!key.derived("connections").bernoulli(shape, probability: connectivity), by: 0)
  }
}
