/// Whose form of a rule to follow where frameworks differ under one name.
public enum FrameworkStyle: String, Sendable, Hashable, CaseIterable {
  case torch, keras
}
