import Foundation

/// Data that were taken because others were unavailable. Their origin says so, which studies keep with each run.
package enum StandIn {
  private static let mark = "; their scores can't be compared with "

  /// What the origin of such data says.
  static func origin(_ own: String, for other: String, since reason: String) -> String {
    "\(own), since \(reason)\(mark)\(other)'s"
  }

  /// The data in whose place those of an origin were taken; nil for an origin that mentions none.
  package static func replaced(in origin: String) -> String? {
    origin.range(of: mark).map { String(origin[$0.upperBound...].prefix { $0 != "'" && $0 != ";" }) }
  }
}
