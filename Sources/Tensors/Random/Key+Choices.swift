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
