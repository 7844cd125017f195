/// What a subscript of a tensor takes along one axis: an integer, a range of integers, or an ``AxisSelection``.
public protocol TensorIndex: Sendable {
  var axisSelection: AxisSelection { get }
}

/// A part of one axis, or a new axis, in a tensor's subscript.
public struct AxisSelection: TensorIndex, Hashable {
  fileprivate enum Kind: Hashable {
    case index(Int)
    case range(lower: Int?, upper: Int?, stride: Int)
    case newAxis
    case ellipsis
  }

  fileprivate let kind: Kind
  public var axisSelection: AxisSelection { self }
}

extension TensorIndex where Self == AxisSelection {
  /// The whole axis.
  public static var all: AxisSelection { .stride() }

  /// All axes that the other indices leave.
  public static var ellipsis: AxisSelection { AxisSelection(kind: .ellipsis) }

  /// An axis of extent 1 that the tensor doesn't have.
  public static var newAxis: AxisSelection { AxisSelection(kind: .newAxis) }

  /// Every `step`-th element from `lower` up to and without `upper`: by default from the first and to the last.
  public static func stride(from lower: Int? = nil, to upper: Int? = nil, by step: Int = 1) -> AxisSelection {
    AxisSelection(kind: .range(lower: lower, upper: upper, stride: step))
  }
}

extension Int: TensorIndex {
  public var axisSelection: AxisSelection { AxisSelection(kind: .index(self)) }
}

extension Range: TensorIndex where Bound == Int {
  public var axisSelection: AxisSelection { .stride(from: lowerBound, to: upperBound) }
}

extension ClosedRange: TensorIndex where Bound == Int {
  public var axisSelection: AxisSelection { .stride(from: lowerBound, to: upperBound.following) }
}

extension PartialRangeFrom: TensorIndex where Bound == Int {
  public var axisSelection: AxisSelection { .stride(from: lowerBound) }
}

extension PartialRangeUpTo: TensorIndex where Bound == Int {
  public var axisSelection: AxisSelection { .stride(to: upperBound) }
}

extension PartialRangeThrough: TensorIndex where Bound == Int {
  public var axisSelection: AxisSelection { .stride(to: upperBound.following) }
}

extension Int {
  /// The bound that excludes what follows this one; nil after the last element.
  fileprivate var following: Int? { self == -1 ? nil : self &+ 1 }
}

extension Tensor {
  /// The element at `index` of the first axis, without that axis.
  public subscript(index: Int, file: String = #fileID, line: Int = #line) -> Tensor {
    selecting([index.axisSelection], file, line)
  }

  /// A part of the tensor, as NumPy's basic indexing gives it: integers remove their axis, ranges shorten it, and axes
  /// without an index are taken whole.
  ///
  /// Negative bounds count from the end. What lies outside the tensor is a ``Diagnostic``; ranges aren't clamped.
  ///
  /// ```swift
  /// let x = Tensor((0..<24).map(Float.init), shape: [2, 3, 4])
  /// print(x[0, 1...].shape)                    // [2, 4]
  /// print(x[.ellipsis, -1].shape)              // [2, 3]
  /// print(x[.all, 0..<2, .stride(by: 2)].shape)  // [2, 2, 2]
  /// print(x[1, .newAxis, ..<(-1)].shape)       // [1, 2, 4]
  /// ```
  public subscript<each Index: TensorIndex>(
    _ indices: repeat each Index, file file: String = #fileID, line line: Int = #line
  ) -> Tensor {
    var selections: [AxisSelection] = []
    for index in repeat each indices { selections.append(index.axisSelection) }
    return selecting(selections, file, line)
  }

  private func selecting(_ selections: [AxisSelection], _ file: String, _ line: Int) -> Tensor {
    func fail(_ message: String) -> Tensor { .failed("subscript", message, [self], file: file, line: line) }
    let named = selections.count { ![.newAxis, .ellipsis].contains($0.kind) }
    let open = selections.indices.filter { selections[$0].kind == .ellipsis }
    guard named <= rank else { return fail("\(named) \(named == 1 ? "index" : "indices") for \(rank) axes") }
    guard open.count <= 1 else { return fail("more than one ellipsis") }
    let whole = [AxisSelection](repeating: .all, count: rank - named)
    var all = selections
    if let place = open.first { all.replaceSubrange(place...place, with: whole) } else { all += whole }

    var (start, limit, strides, kept) = ([Int](), [Int](), [Int](), [Int]())
    for selection in all {
      let (axis, extent) = (start.count, shape[start.count])
      func resolved(_ bound: Int) -> Int { bound < 0 ? bound + extent : bound }
      switch selection.kind {
      case .newAxis: kept.append(1)
      case .ellipsis: break
      case .index(let index):
        guard (0..<extent).contains(resolved(index)) else {
          return fail("no element \(index) along axis \(axis) of \(shape)")
        }
        start.append(resolved(index))
        limit.append(resolved(index) + 1)
        strides.append(1)
      case .range(let lower, let upper, let stride):
        let (first, last) = (resolved(lower ?? 0), resolved(upper ?? extent))
        guard 0 <= first, first <= last, last <= extent else {
          let range = "\(lower.map(String.init) ?? "")..<\(upper.map(String.init) ?? "")"
          return fail("\(range) isn't inside axis \(axis) of \(shape)")
        }
        guard stride >= 1 else { return fail("a stride of \(stride): take 1 or more, and reverse(_:) to go backwards") }
        start.append(first)
        limit.append(last)
        strides.append(stride)
        kept.append((last - first) / stride + ((last - first) % stride > 0 ? 1 : 0))
      }
    }
    let isPart = selections.contains { ![.all, .newAxis, .ellipsis].contains($0) }
    let part =
      isPart ? Tensor(Slice(start: start, limit: limit, strides: strides), [self], file: file, line: line) : self
    return part.reshape(to: Shape(kept), file: file, line: line)
  }

  /// The tensor in `count` equal parts along an axis.
  ///
  /// ```swift
  /// let (left, right) = { ($0[0], $0[1]) }(Tensor.ones([2, 6]).split(2, axis: 1))
  /// print(left.shape, right.shape)  // [2, 3] [2, 3]
  /// ```
  /// - Returns: `count` tensors; failed ones if the axis' extent isn't a multiple of `count`.
  public func split(_ count: Int, axis: Int = 0, file: String = #fileID, line: Int = #line) -> [Tensor] {
    guard let index = shape.resolve(axis: axis), count >= 1, shape[index] % count == 0 else {
      let message = "axis \(axis) of \(shape) doesn't split into \(count) equal parts"
      return [Tensor](
        repeating: .failed("split", message, [self], file: file, line: line),
        count: Swift.max(1, Swift.min(count, 1 << 10)))
    }
    return split(sizes: [Int](repeating: shape[index] / count, count: count), axis: axis, file: file, line: line)
  }

  /// The tensor in parts of these extents along an axis.
  /// - Returns: a tensor per size; failed ones if the sizes don't add up to the axis' extent.
  public func split(
    sizes: [Int], axis: Int = 0, file: String = #fileID, line: Int = #line
  ) -> [Tensor] {
    guard let index = shape.resolve(axis: axis), sizes.allSatisfy({ (0...shape[index]).contains($0) }),
      sizes.reduce(0, &+) == shape[index]
    else {
      let message = "sizes \(sizes) don't add up to axis \(axis) of \(shape)"
      return sizes.map { _ in .failed("split", message, [self], file: file, line: line) }
    }
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return slice(start..<start + size, axis: index, file: file, line: line)
    }
  }
}
