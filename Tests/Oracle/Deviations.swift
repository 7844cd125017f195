import ArrayFixtures
import Foundation

/// What is compared with what, and how far apart they may be.
///
/// A number of magnitude below 1 is off by its error, a greater one by its relative error.
public enum Comparison: String, Sendable, CaseIterable, Codable {
  /// In float64 two ways to add up the same numbers differ by some hundred roundings of 1e-16.
  case float64ToNumPy = "float64 to NumPy"
  /// A rounding of float32 is 6e-8. Up to 18 updates with momentum and sums over hundreds of numbers make some
  /// hundred of them. What a fault does (other weights, an example too many, a statistic not moved) begins at 1e-3
  /// here. Where a ReLU's input is within rounding of 0 its gradient is taken or left out: of one example in one
  /// place, which NumPy gives as 6e-5 of a velocity for one input of 6e-7.
  case float32ToNumPy = "float32 to NumPy"
  case float32ToFloat64 = "float32 to float64"
  /// The same training in another way, to the bit.
  case bits = "bit for bit"

  func tolerance(hasReLU: Bool) -> Double {
    switch self {
    case .float64ToNumPy: 1e-11
    case .float32ToNumPy, .float32ToFloat64: hasReLU ? 2e-4 : 2e-5
    case .bits: 0
    }
  }
}

/// The largest deviation of each quantity, and those that are too large.
public struct Deviations: Sendable, Codable {
  public struct Largest: Sendable, Codable {
    public var value: Double
    /// The numbers compared.
    public var count: Int
  }

  /// By quantity, then by comparison.
  public private(set) var largest: [String: [Comparison.RawValue: Largest]] = [:]
  /// What differs, and where.
  public private(set) var failures: [String] = []
  public var combinations = 0

  mutating func add(
    _ found: [Double], _ expected: [Double], _ quantity: String, _ comparison: Comparison, hasReLU: Bool,
    allowing extra: Double = 0, at place: @autoclosure () -> String
  ) {
    let worst = found.count == expected.count ? worstError(found, expected) : .infinity
    let known = largest[quantity]?[comparison.rawValue]
    largest[quantity, default: [:]][comparison.rawValue] = Largest(
      // JSON has no infinity.
      value: max(known?.value ?? 0, min(worst, .greatestFiniteMagnitude)), count: (known?.count ?? 0) + found.count)
    if !(worst <= comparison.tolerance(hasReLU: hasReLU) + extra) {
      failures.append("\(quantity), \(comparison.rawValue): \(worst) apart; \(place())")
    }
  }
}
