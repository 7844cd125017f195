/// What is known of a square matrix, so that systems with it are solved the cheapest way.
public enum MatrixStructure: Sendable, Hashable, CaseIterable {
  /// Nothing, which takes an LU decomposition.
  case general
  /// Symmetric and positive definite, by Cholesky's decomposition; only the lower triangle is read.
  case positiveDefinite
  /// Only the lower triangle is read.
  case lowerTriangular
  /// Only the upper triangle is read.
  case upperTriangular
}
