/// How many runs of a study have ended, and how long the others will take, as far as a worker knows.
///
/// A query takes time in proportion to the number of runs. The tally adds this worker's own runs, and queries again only once a query
/// would take a small part of the time since the last one, so that progress has a bounded cost in a study of any size.
final class RunTally {
  private let store: StudyStore
  private let study: StoredStudy?
  private let clock = ContinuousClock()
  private var counted: (counts: RunCounts, expiry: ContinuousClock.Instant)?
  /// How often the store was asked for counts.
  private(set) var asked = 0
  private var waiting: (work: [PendingWork], expiry: ContinuousClock.Instant)?

  /// Asking may take this part of the time.
  private static let share = 50

  init(_ store: StudyStore, _ study: StoredStudy?) { (self.store, self.study) = (store, study) }

  /// The runs by state; those that are running count those of this worker or not.
  func counts() throws(StoreError) -> RunCounts {
    if let counted, clock.now < counted.expiry { return counted.counts }
    let begun = clock.now
    let counts = try store.counts(of: study)
    counted = (counts, expiry(begun))
    asked += 1
    return counts
  }

  /// Notes that runs of this worker have ended.
  /// - Parameter asked: the ``asked`` of when they began. What the store has said since may count them already.
  func end(_ count: Int, since asked: Int) {
    if asked == self.asked {
      counted?.counts.done += count
      counted?.counts.pending -= count
    } else {
      counted = nil
    }
  }

  /// Forgets what the store said: more runs have become known.
  func reset() { (counted, waiting) = (nil, nil) }

  /// Seconds that the runs take that nobody has claimed yet, one after the other.
  /// - Parameter perEpoch: seconds of an epoch where none of its kind was timed.
  func pendingSeconds(perEpoch: Double) throws(StoreError) -> Double {
    if waiting.map({ clock.now >= $0.expiry }) ?? true {
      let begun = clock.now
      waiting = (try store.pendingWork(of: study), expiry(begun))
    }
    return waiting?.work.reduce(0) { $0 + ($1.secondsPerEpoch ?? perEpoch) * Double($1.epochs) } ?? 0
  }

  private func expiry(_ begun: ContinuousClock.Instant) -> ContinuousClock.Instant {
    clock.now + begun.duration(to: clock.now) * Self.share
  }
}
