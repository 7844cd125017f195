/// The source of a stream of random numbers, a pure value: the same key always gives the same numbers, on
/// every backend.
///
/// Keys aren't consumed. Derive one by name for each purpose: adding a layer or a method then leaves the
/// other draws as they were. This is JAX's `fold_in`, with names besides integers.
///
/// ```swift
/// let key = Key(seed: 7)
/// let noise = key.derived("noise").normal([2, 3])
/// let mask = key.derived("dropout").folding(12).bernoulli([3], probability: 0.5)
/// print(noise.shape, mask.dtype)  // [2, 3] bool
/// ```
public struct Key: Sendable {
  /// `uint64[2]`: Threefry's key and counter.
  public let state: Tensor

  public init(state: Tensor) { self.state = state }

  public init(seed: UInt64) { state = Tensor([seed, 0]) }

  /// The key for `name`, independent of this one's draws and of other names'.
  public func derived(_ name: String) -> Key {
    // FNV-1a: different names need different numbers, no more.
    let hash = name.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return folding(Tensor([hash], shape: []))
  }

  /// The key for an integer scalar, for example a step's number, which may be known only when the program runs.
  public func folding(_ value: Tensor) -> Key {
    Key(state: Tensor(FoldedKey(), [state, value.cast(to: .uint64)]))
  }

  /// Another key for each value.
  public func folding(_ value: Int) -> Key { folding(Tensor([Int64(value)], shape: [])) }

  /// Uniform bits.
  public func bits(_ shape: Shape, file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(RandomBits(type: TensorType(.uint32, shape)), [state], file: file, line: line)
  }

  /// Uniform in `range`, its upper bound excluded, with 24 random bits (53 for `float64`).
  public func uniform(
    _ shape: Shape, in range: Range<Double> = 0..<1, dtype: DType = .float32, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    guard dtype.isFloatingPoint else {
      return .failed("uniform", "needs a floating-point type, not \(dtype)", [state], file: file, line: line)
    }
    let unit: Tensor
    if dtype == .float64 {
      let bits = Tensor(RandomBits(type: TensorType(.uint64, shape)), [state], file: file, line: line)
      unit = bits.shiftedRight(by: Tensor(11, dtype: .uint64)).cast(to: .float64) * 0x1p-53
    } else {
      unit =
        bits(shape, file: file, line: line).shiftedRight(by: Tensor(8, dtype: .uint32)).cast(to: .float32) * 0x1p-24
    }
    // Rounding may reach the upper bound; it's excluded in the type the numbers are drawn in.
    let scaled = unit * (range.upperBound - range.lowerBound) + range.lowerBound
    return scaled.cast(to: dtype)
  }

  /// Normally distributed numbers by Box and Muller's transform.
  public func normal(
    _ shape: Shape, mean: Double = 0, deviation: Double = 1, dtype: DType = .float32, file: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    let work: DType = dtype == .float64 ? .float64 : .float32
    // 1 - u lies in (0, 1]: its logarithm is finite.
    let radius = (-2 * (1 - derived("radius").uniform(shape, dtype: work, file: file, line: line)).log()).sqrt()
    let angle = derived("angle").uniform(shape, dtype: work, file: file, line: line) * (2 * Double.pi)
    return (radius * angle.cos() * deviation + mean).cast(to: dtype)
  }

  /// True with the given probability.
  public func bernoulli(
    _ shape: Shape, probability: Double, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    uniform(shape, file: file, line: line) .< probability
  }
}

extension Key {
  /// Normally distributed numbers no further from the mean than two deviations (before scaling by
  /// `deviation`), by the inverse of the distribution function.
  public func truncatedNormal(
    _ shape: Shape, deviation: Double = 1, dtype: DType = .float32, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let work: DType = dtype == .float64 ? .float64 : .float32
    // erf(2 / sqrt 2): the probability of lying within two deviations.
    let within = 0.95449973610364158
    let u = uniform(shape, in: -within..<within, dtype: work, file: file, line: line)
    return (u.inverseErf() * (2.0.squareRoot() * deviation)).clamped(to: -2 * deviation...2 * deviation).cast(to: dtype)
  }
}

extension Tensor {
  /// The inverse of the error function on (-1, 1): Giles' polynomials, then Newton's steps to full precision. Unlike
  /// ``erfInverse(file:line:)`` it is made of operations that give the same numbers on every backend.
  ///
  /// M. Giles, Approximating the erfinv function, GPU Computing Gems (2012).
  fileprivate func inverseErf() -> Tensor {
    let w = -((1 - self) * (1 + self)).log()
    func polynomial(_ t: Tensor, _ coefficients: [Double]) -> Tensor {
      coefficients.dropFirst().reduce(Tensor(coefficients[0], like: t)) { $0 * t + $1 }
    }
    let central = polynomial(
      w - 2.5,
      [
        2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503,
        -0.00417768164, 0.246640727, 1.50140941,
      ])
    let tail = polynomial(
      w.maximum(5).sqrt() - 3,
      [
        -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613,
        0.00943887047, 1.00167406, 2.83297682,
      ])
    var y = self * Tensor.select(w .< 5, central, tail)
    for _ in 0..<2 { y = y - (y.erf() - self) * (y * y).exp() * (Double.pi.squareRoot() / 2) }
    return y
  }
}

extension Key {
  /// The numbers `0..<count` (int32) in random order, all orders equally likely.
  ///
  /// Random bits are sorted, with the numbers in place of the lowest of them. Equal bits would keep their
  /// numbers in order, which happens in one of 150,000 permutations of 60,000 and touches two numbers of it.
  public func permutation(_ count: Int, file: String = #fileID, line: Int = #line) -> Tensor {
    guard (0...Int(Int32.max)).contains(count) else {
      return .failed("permutation", "no int32 counts to \(count)", [state], file: file, line: line)
    }
    let low = UInt64(count).nextPowerOfTwo - 1
    let bits = Tensor(RandomBits(type: TensorType(.uint64, [count])), [state], file: file, line: line)
    let numbers = Tensor.iota([count], dtype: .uint64)
    let mask = Tensor([low], shape: [])
    return (((bits .& .!mask) .| numbers).sort() .& mask).cast(to: .int32)
  }

  /// Normally distributed numbers no further from the mean than `bound` deviations, by the inverse of their
  /// distribution function. `deviation` is that of the whole normal distribution; what is cut lowers it.
  public func truncatedNormal(
    _ shape: Shape, mean: Double = 0, deviation: Double = 1, bound: Double = 2, dtype: DType = .float32,
    file: String = #fileID, line: Int = #line
  ) -> Tensor {
    guard bound > 0 else {
      return .failed("truncatedNormal", "needs a bound above 0, not \(bound)", [state], file: file, line: line)
    }
    let work: DType = dtype == .float64 ? .float64 : .float32
    let limit = Tensor(bound / 2.squareRoot(), dtype: .float64).erf().cast(to: work)
    let unit = (uniform(shape, in: -1..<1, dtype: work, file: file, line: line) * limit).erfInverse() * 2.squareRoot()
    // Near the ends rounding might step over them.
    return (unit.clamped(to: -bound...bound) * deviation + mean).cast(to: dtype)
  }

  /// Indices (int32) drawn with the probabilities softmax gives `logits` along an axis, which then is gone:
  /// the greatest of the logits with Gumbel noise.
  public func categorical(_ logits: Tensor, axis: Int = -1, file: String = #fileID, line: Int = #line) -> Tensor {
    guard logits.dtype.isFloatingPoint, logits.rank > 0 else {
      return .failed(
        "categorical", "needs floating-point logits along an axis", [logits], file: file, line: line)
    }
    let dtype: DType = logits.dtype == .float64 ? .float64 : .float32
    // 1 - u lies in (0, 1]: -log of it is 0 at the end, whose noise is infinite and would always win.
    let uniform = (1 - self.uniform(logits.shape, dtype: dtype)).minimum(1 - 0x1p-24)
    let noise = -(-uniform.log()).log()
    return (logits.cast(to: dtype) + noise).argMax(axis: axis, file: file, line: line)
  }
}

extension UInt64 {
  /// The least power of two that isn't less.
  fileprivate var nextPowerOfTwo: UInt64 { self <= 1 ? 1 : 1 << (64 - UInt64((self - 1).leadingZeroBitCount)) }
}
