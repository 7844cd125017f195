/// How new parameters are rounded to the type they are stored in.
public enum ParameterRounding: String, Sendable, Hashable, CaseIterable {
  /// To the nearest number.
  case nearest
  /// Up or down at random, so that the mean is the number itself: updates that are small beside a parameter of half
  /// precision get lost otherwise (Gupta et al. 2015, https://arxiv.org/abs/1502.02551).
  case stochastic
}

extension TensorTree {
  /// Parameters plus updates, in the parameters' types.
  /// - Parameter key: for random rounding.
  func moved(by updates: TensorTree, _ rounding: ParameterRounding, key: Key) -> TensorTree {
    guard rounding == .stochastic else { return zip(updates) { $0 + $1 } }
    return map { path, parameter in
      guard let update = updates[path] else { return parameter }
      return (parameter.upcast + update.upcast).rounded(toHalf: parameter.dtype, key: key.derived(path))
    }
  }
}

extension Tensor {
  /// In half precision, rounded up or down so that the mean is this number; other types round to nearest.
  fileprivate func rounded(toHalf type: DType, key: Key) -> Tensor {
    // The digits behind the first one.
    let digits: [DType: Double] = [.bfloat16: 7, .float16: 10]
    guard let bits = digits[type] else { return cast(to: type) }
    let exponent = (abs().maximum(0x1p-100).log() * (1 / 0.6931471805599453)).floor()
    // Rounded to few digits, the power of two is exact.
    let unit = ((exponent - bits) * 0.6931471805599453).exp().cast(to: .bfloat16).cast(to: dtype)
    let units = self / unit
    let low = units.floor()
    let up = (key.uniform(shape).cast(to: dtype) .< units - low).cast(to: dtype)
    let rounded = (low + up) * unit
    return Tensor.select(isFinite(), rounded, self).cast(to: type)
  }
}
