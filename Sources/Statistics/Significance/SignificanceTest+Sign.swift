import Foundation

extension SignificanceTest {
  /// The sign test: were there no difference, wins and losses would be equally likely. Exact; the statistic is the
  /// number of wins.
  ///
  /// - Parameters:
  ///   - wins: seeds for which the candidate's value is the larger.
  ///   - losses: seeds for which it is the smaller. Ties are left out.
  /// - Throws: `StatisticsError.outOfRange` for a negative number.
  public static func sign(wins: Int, losses: Int) throws(StatisticsError) -> SignificanceTest {
    for (name, count) in [("wins", wins), ("losses", losses)] where count < 0 {
      throw .outOfRange(option: name, value: Double(count), allowed: "0 or more")
    }
    let (won, lost) = (Double(wins), Double(losses))
    return SignificanceTest(
      .sign, .exact, p: binomialP(won, lost), shift: won - lost, statistic: won,
      minimumP: Swift.min(1, pow(2, 1 - won - lost)))
  }

  /// Twice the probability of at most `min(wins, losses)` heads in as many throws of a fair coin. The binomial sum is
  /// an incomplete beta function, DLMF 8.17.5.
  private static func binomialP(_ wins: Double, _ losses: Double) -> Double {
    let fewer = Swift.min(wins, losses)
    if wins == losses { return 1 }
    return Swift.min(1, 2 * IncompleteBeta.regularized(Swift.max(wins, losses), fewer + 1, x: 0.5, y: 0.5))
  }
}
