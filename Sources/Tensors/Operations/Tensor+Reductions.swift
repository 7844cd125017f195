/// Reductions over `axes`, all of them by default; `keepDims` leaves reduced axes with extent 1.
///
/// ```swift
/// let x = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
/// print(try x.sum([0]).values(as: Float.self))            // [5.0, 7.0, 9.0]
/// print(x.mean([-1], keepDims: true).shape)            // [2, 1]
/// print(try x.max().scalar(), try x.variance().scalar())  // 6.0 2.9166667461395264
/// ```
extension Tensor {
  /// The sum along axes, of all elements by default.
  public func sum(
    _ axes: [Int]? = nil, keepDims: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduce(Sum.self, axes, keepDims, file, line)
  }

  /// The product along axes, of all elements by default.
  public func product(
    _ axes: [Int]? = nil, keepDims: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduce(Product.self, axes, keepDims, file, line)
  }

  /// The maximum along axes, of all elements by default; NaN if any element is.
  public func max(
    _ axes: [Int]? = nil, keepDims: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduce(MaximumReduction.self, axes, keepDims, file, line)
  }

  /// The minimum along axes, of all elements by default; NaN if any element is.
  public func min(
    _ axes: [Int]? = nil, keepDims: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduce(MinimumReduction.self, axes, keepDims, file, line)
  }

  /// The mean along axes, of all elements by default; NaN if there are none.
  public func mean(
    _ axes: [Int]? = nil, keepDims: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    guard dtype.isFloatingPoint else {
      return .failed("mean", "takes floating-point elements: cast first", [self], file: file, line: line)
    }
    return sum(axes, keepDims: keepDims, file: file, line: line) / count(axes)
  }

  /// The variance along axes: the mean squared distance from the mean.
  /// - Parameter correction: subtracted from the count, 1 for the unbiased estimate.
  public func variance(
    _ axes: [Int]? = nil, keepDims: Bool = false, correction: Int = 0, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let centred = self - mean(axes, keepDims: true, file: file, line: line)
    return centred.squared(file: file, line: line).sum(axes, keepDims: keepDims, file: file, line: line)
      / (count(axes) - Double(correction))
  }

  /// `log(sum(exp(x)))` along axes, computed without overflow.
  public func logSumExp(
    _ axes: [Int]? = nil, keepDims: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let greatest = max(axes, keepDims: true, file: file, line: line)
    // An infinite maximum would make inf - inf.
    let isFinite = greatest.isFinite(file: file, line: line)
    let shift = greatest.replaced(where: .!isFinite, by: 0, file: file, line: line).stopGradient()
    let sum = (self - shift).exp().sum(axes, keepDims: true).log() + shift
    return keepDims ? sum : sum.reshape(to: shape.removing(axes: resolved(axes)))
  }

  /// Whether any element along axes is true.
  public func any(_ axes: [Int]? = nil, file: String = #fileID, line: Int = #line) -> Tensor {
    guard dtype == .bool else {
      return .failed("any", "takes bool elements: compare first", [self], file: file, line: line)
    }
    return reduce(MaximumReduction.self, axes, false, file, line)
  }

  /// Whether all elements along axes are true.
  public func all(_ axes: [Int]? = nil, file: String = #fileID, line: Int = #line) -> Tensor {
    guard dtype == .bool else {
      return .failed("all", "takes bool elements: compare first", [self], file: file, line: line)
    }
    return reduce(MinimumReduction.self, axes, false, file, line)
  }

  /// The index (int32) of the maximum along an axis; the first of equal ones, and NaN counts as the maximum.
  ///
  /// ```swift
  /// let scores = Tensor([0.1, 0.7, 0.2, 0.9, 0, 0.1] as [Float], shape: [2, 3])
  /// print(try scores.argMax().values(as: Int32.self))  // [1, 0]
  /// ```
  public func argMax(axis: Int = -1, file: String = #fileID, line: Int = #line) -> Tensor {
    guard let index = shape.resolve(axis: axis) else {
      return .failed("argMax", "no axis \(axis) in \(shape)", [self], file: file, line: line)
    }
    guard shape[index] > 0 else {
      return .failed("argMax", "axis \(axis) of \(shape) has no elements", [self], file: file, line: line)
    }
    let isGreatest = (self .== max([index], keepDims: true)) .| (self .!= self)
    let positions = Tensor.iota(shape, axis: index).replaced(where: .!isGreatest, by: Double(Int32.max))
    return positions.min([index])
  }

  /// How many elements are reduced to one, as a number that can't overflow.
  private func count(_ axes: [Int]?) -> Double {
    (axes ?? Array(shape.indices)).reduce(1) { $0 * Double(shape[$1]) }
  }

  private func resolved(_ axes: [Int]?) -> [Int] {
    axes?.map { shape.resolve(axis: $0) ?? $0 } ?? Array(shape.indices)
  }

  private func reduce<Kind: Reduction>(
    _ kind: Kind.Type, _ axes: [Int]?, _ keepDims: Bool, _ file: String, _ line: Int
  ) -> Tensor {
    let axes = resolved(axes).sorted()
    if axes.isEmpty { return self }
    let result = Tensor(Kind(axes: axes), [self], file: file, line: line)
    guard keepDims, result.diagnostic == nil else { return result }
    return result.reshape(to: Shape(shape.enumerated().map { axes.contains($0.offset) ? 1 : $0.element }))
  }
}
