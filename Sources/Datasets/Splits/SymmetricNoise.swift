/// What a label becomes when noise strikes it. Papers mean both by "symmetric noise of fraction f".
public enum SymmetricNoise: String, Sendable, Hashable, CaseIterable {
  /// One of the other classes: a fraction f of the labels is wrong.
  case otherClasses
  /// Any class, perhaps the true one: a fraction f (1 - 1/classes) is wrong on average.
  case anyClass
}
