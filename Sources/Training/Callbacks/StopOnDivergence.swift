/// Ends training when the loss, of training or of validation, is no longer a finite number.
public final class StopOnDivergence: Callback {
  public init() {}

  public func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String? {
    for name in ["loss", "val_loss"] {
      if let value = record[name], !value.isFinite { return "\(name) is \(value): a smaller learning rate may help" }
    }
    return nil
  }
}
