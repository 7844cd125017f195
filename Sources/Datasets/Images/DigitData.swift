import Formats

/// The digits to show something on: MNIST where it can be had, else synthetic ones.
public enum DigitData {
  /// MNIST from the folders, the cache or, where allowed, a mirror; synthetic digits if it is in none of
  /// them. The pair's origin says which, and why.
  /// - Parameter progress: told how a download goes.
  /// - Throws: ``DatasetError`` if MNIST is there but damaged: it is never replaced unnoticed.
  public static func load(
    from folders: DataFolders = DataFolders(), progress: DownloadProgress? = nil
  ) throws(DatasetError) -> DatasetPair {
    try load(from: folders, progress: progress) { () throws(DatasetError) in try SyntheticDigits.generate() }
  }

  /// - Parameter standIn: what to take where there is no MNIST.
  static func load(
    from folders: DataFolders, progress: DownloadProgress?, standIn: () throws(DatasetError) -> DatasetPair
  ) throws(DatasetError) -> DatasetPair {
    do throws(DatasetError) {
      return try MNIST.load(from: folders, progress: progress)
    } catch {
      let reason: String
      switch error.problem {
      case .notFound: reason = "MNIST was not found"
      case .downloadFailed: reason = "MNIST could not be downloaded"
      default: throw error
      }
      var digits = try standIn()
      digits.origin += ", since \(reason); their scores can't be compared with MNIST's"
      return digits
    }
  }
}
