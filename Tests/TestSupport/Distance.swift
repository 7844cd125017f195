/// The greatest difference of two lists of numbers; infinite if there are none expected, their lengths differ
/// or a difference isn't a number.
public func distance(_ found: [Double], _ expected: [Double]?) -> Double {
  guard let expected, found.count == expected.count else { return .infinity }
  return zip(found, expected).map { ($0 - $1).magnitude }.reduce(0) { $1.isNaN ? .infinity : max($0, $1) }
}

/// As ``distance(_:_:)``, with each difference divided by the expected number's magnitude if that is greater than 1.
public func scaledDistance(_ found: [Double], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  return zip(found, expected).map { $0 == $1 ? 0 : ($0 - $1).magnitude / max(1, $1.magnitude) }
    .reduce(0) { $1.isNaN ? .infinity : max($0, $1) }
}

/// The Euclidean norm of the difference, divided by that of the expected numbers.
public func relativeDistance(_ found: [Double], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  let difference = zip(found, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  let ratio = (difference / max(expected.reduce(0) { $0 + $1 * $1 }, 1e-300)).squareRoot()
  return ratio.isNaN ? .infinity : ratio
}
