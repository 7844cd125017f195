#include <stdlib.h>
#include <string.h>

#include "matrices.h"

// Decompositions of matrices in float32 or float64, all column-major. Where LAPACK finds none, or an element isn't finite,
// the results are NaN.

// The largest matrix whose working memory LAPACK can name in 32 bits.
enum { MOST = 20000 };

static int least(int a, int b) { return a < b ? a : b; }

static XLA_FFI_Error *too_large(const XLA_FFI_CallFrame *frame, const char *operation) {
  return tanren_error(
    frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "%s takes matrices of up to %d rows or columns", operation, MOST);
}

// Working memory of the size that a routine has asked for in `query`.
static void *workspace(const TanrenBatch *batch, const void *query, int *size) {
  *size = (int)tanren_number(batch, query, 0);
  return tanren_elements(batch, *size);
}

// Eigenvalues in ascending order, and eigenvectors as columns if there is a result for them, of symmetric matrices
// [..., n, n], of which the lower triangle is read.

static bool eigh_one(const TanrenBatch *batch, int64_t index) {
  int n = batch->arrays[0].rows, info = 0, size = -1, integers = -1, integer_query;
  bool has_vectors = batch->arrays[2].data != NULL;
  size_t bytes = batch->arrays[0].stride;
  const char *matrix = tanren_member(batch, 0, index);
  bool is_finite = true;
  for (int64_t j = 0; j < n && is_finite; j++) {
    is_finite = tanren_is_finite(batch, matrix + (size_t)(j * n + j) * batch->element, n - j);
  }
  if (!is_finite) {
    tanren_fill_nan(batch, 1, has_vectors ? 2 : 1, index);
    return true;
  }
  void *own = has_vectors ? NULL : tanren_elements(batch, (int64_t)n * n);
  void *vectors = has_vectors ? tanren_member(batch, 2, index) : own, *values = tanren_member(batch, 1, index);
  if (vectors == NULL) return false;
  memcpy(vectors, matrix, bytes);
  const char *job = has_vectors ? "V" : "N";
  double query;
  batch->lapack->syevd(job, "L", &n, vectors, &n, values, &query, &size, &integer_query, &integers, &info, 1, 1);
  void *work = workspace(batch, &query, &size);
  integers = integer_query;
  int *integer_work = tanren_integers_for(integers);
  bool has_memory = work != NULL && integer_work != NULL;
  if (has_memory) {
    batch->lapack->syevd(job, "L", &n, vectors, &n, values, work, &size, integer_work, &integers, &info, 1, 1);
    if (info != 0) tanren_fill_nan(batch, 1, has_vectors ? 2 : 1, index);
  }
  free(work);
  free(integer_work);
  free(own);
  return has_memory;
}

XLA_FFI_Error *tanren_eigh(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  static const char *name = "an eigenvalue decomposition";
  TanrenBatch batch = {0};
  bool has_vectors = tanren_has(frame, 1, 2);
  XLA_FFI_Error *error = tanren_batch_read(frame, name, has_vectors ? "M>VM" : "M>V", &batch);
  if (error != NULL) return error;
  int n = batch.arrays[0].rows;
  if (batch.arrays[0].columns != n || batch.arrays[1].rows != n || (has_vectors && !tanren_batch_is(&batch, 2, n, n))) {
    return tanren_batch_misfit(frame, name);
  }
  if (n == 0) return NULL;
  return n > MOST ? too_large(frame, name) : tanren_batch_run(frame, name, &batch, eigh_one);
}

// Real and imaginary parts of the eigenvalues of matrices [..., n, n], pairs of conjugates beside each other, the positive
// imaginary part first. Then, if there are results for them, the real and imaginary parts of the right eigenvectors, and
// of the left ones, as columns.

// Takes LAPACK's vectors apart: a pair's first column has the real parts, its second the imaginary ones.
static void split(const TanrenBatch *batch, const char *packed, const void *imaginary_values, char *real, char *imaginary) {
  int n = batch->arrays[0].rows;
  size_t column = (size_t)n * batch->element;
  for (int64_t j = 0; j < n; j++) {
    bool is_pair = tanren_number(batch, imaginary_values, j) != 0 && j + 1 < n;
    memcpy(real + (size_t)j * column, packed + (size_t)j * column, column);
    if (!is_pair) {
      memset(imaginary + (size_t)j * column, 0, column);
      continue;
    }
    const char *second = packed + (size_t)(j + 1) * column;
    memcpy(real + (size_t)(j + 1) * column, packed + (size_t)j * column, column);
    memcpy(imaginary + (size_t)j * column, second, column);
    for (int64_t i = 0; i < n; i++) {
      int64_t place = (j + 1) * n + i;
      if (batch->is_double) {
        ((double *)imaginary)[place] = -((const double *)second)[i];
      } else {
        ((float *)imaginary)[place] = -((const float *)second)[i];
      }
    }
    j++;
  }
}

static bool eigvals_one(const TanrenBatch *batch, int64_t index) {
  int n = batch->arrays[0].rows, info = 0, size = -1;
  bool has_vectors = batch->arrays[3].data != NULL;
  int64_t elements = (int64_t)n * n;
  const void *matrix = tanren_member(batch, 0, index);
  if (!tanren_is_finite(batch, matrix, elements)) {
    tanren_fill_nan(batch, 1, has_vectors ? 6 : 2, index);
    return true;
  }
  void *own = tanren_elements(batch, elements), *right = NULL, *left = NULL;
  if (has_vectors) {
    right = tanren_elements(batch, elements);
    left = tanren_elements(batch, elements);
  }
  void *real = tanren_member(batch, 1, index), *imaginary = tanren_member(batch, 2, index), *work = NULL;
  bool has_memory = own != NULL && (!has_vectors || (right != NULL && left != NULL));
  if (has_memory) {
    memcpy(own, matrix, batch->arrays[0].stride);
    const char *job = has_vectors ? "V" : "N";
    double query;
    batch->lapack->geev(job, job, &n, own, &n, real, imaginary, left, &n, right, &n, &query, &size, &info, 1, 1);
    work = workspace(batch, &query, &size);
    has_memory = work != NULL;
    if (has_memory) {
      batch->lapack->geev(job, job, &n, own, &n, real, imaginary, left, &n, right, &n, work, &size, &info, 1, 1);
      if (info != 0) {
        tanren_fill_nan(batch, 1, has_vectors ? 6 : 2, index);
      } else if (has_vectors) {
        split(batch, right, imaginary, tanren_member(batch, 3, index), tanren_member(batch, 4, index));
        split(batch, left, imaginary, tanren_member(batch, 5, index), tanren_member(batch, 6, index));
      }
    }
  }
  free(own);
  free(right);
  free(left);
  free(work);
  return has_memory;
}

XLA_FFI_Error *tanren_eigvals(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  static const char *name = "eigenvalues";
  TanrenBatch batch = {0};
  bool has_vectors = tanren_has(frame, 1, 6);
  XLA_FFI_Error *error = tanren_batch_read(frame, name, has_vectors ? "M>VVMMMM" : "M>VV", &batch);
  if (error != NULL) return error;
  int n = batch.arrays[0].rows;
  bool fits = batch.arrays[0].columns == n && batch.arrays[1].rows == n && batch.arrays[2].rows == n;
  for (int i = 3; i < 7; i++) fits = fits && (!has_vectors || tanren_batch_is(&batch, i, n, n));
  if (!fits) return tanren_batch_misfit(frame, name);
  if (n == 0) return NULL;
  return n > MOST ? too_large(frame, name) : tanren_batch_run(frame, name, &batch, eigvals_one);
}

// Singular values s of matrices [..., m, n] in descending order; with the least extent k also U [..., m, k] before them
// and V^T [..., k, n] after them, if there are results for those.

static bool svd_one(const TanrenBatch *batch, int64_t index) {
  int m = batch->arrays[0].rows, n = batch->arrays[0].columns, k = least(m, n), info = 0, size = -1;
  bool has_vectors = batch->arrays[2].data != NULL;
  int64_t elements = (int64_t)m * n;
  const void *matrix = tanren_member(batch, 0, index);
  if (!tanren_is_finite(batch, matrix, elements)) {
    tanren_fill_nan(batch, 1, has_vectors ? 3 : 1, index);
    return true;
  }
  void *values = tanren_member(batch, has_vectors ? 2 : 1, index), *work = NULL;
  void *u = has_vectors ? tanren_member(batch, 1, index) : values, *vt = has_vectors ? tanren_member(batch, 3, index) : values;
  const char *job = has_vectors ? "S" : "N";
  void *own = tanren_elements(batch, elements);
  int *integer_work = tanren_integers_for(8 * (int64_t)k);
  bool has_memory = own != NULL && integer_work != NULL;
  if (has_memory) {
    memcpy(own, matrix, batch->arrays[0].stride);
    double query;
    batch->lapack->gesdd(job, &m, &n, own, &m, values, u, &m, vt, &k, &query, &size, integer_work, &info, 1);
    work = workspace(batch, &query, &size);
    has_memory = work != NULL;
    if (has_memory) {
      batch->lapack->gesdd(job, &m, &n, own, &m, values, u, &m, vt, &k, work, &size, integer_work, &info, 1);
      if (info != 0) tanren_fill_nan(batch, 1, has_vectors ? 3 : 1, index);
    }
  }
  free(own);
  free(integer_work);
  free(work);
  return has_memory;
}

XLA_FFI_Error *tanren_svd(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  static const char *name = "a singular value decomposition";
  TanrenBatch batch = {0};
  bool has_vectors = tanren_has(frame, 1, 3);
  XLA_FFI_Error *error = tanren_batch_read(frame, name, has_vectors ? "M>MVM" : "M>V", &batch);
  if (error != NULL) return error;
  int m = batch.arrays[0].rows, n = batch.arrays[0].columns, k = least(m, n);
  bool fits = batch.arrays[has_vectors ? 2 : 1].rows == k;
  if (has_vectors) fits = fits && tanren_batch_is(&batch, 1, m, k) && tanren_batch_is(&batch, 3, k, n);
  if (!fits) return tanren_batch_misfit(frame, name);
  if (k == 0) return NULL;
  return k > MOST ? too_large(frame, name) : tanren_batch_run(frame, name, &batch, svd_one);
}

// Q [..., m, k] and R [..., k, n] of matrices [..., m, n] with the least extent k; R alone if there is one result.

static bool qr_one(const TanrenBatch *batch, int64_t index) {
  int m = batch->arrays[0].rows, n = batch->arrays[0].columns, k = least(m, n), info = 0, size = -1, other = -1;
  bool has_q = batch->arrays[2].data != NULL;
  int64_t elements = (int64_t)m * n;
  const char *matrix = tanren_member(batch, 0, index);
  if (!tanren_is_finite(batch, matrix, elements)) {
    tanren_fill_nan(batch, 1, has_q ? 2 : 1, index);
    return true;
  }
  char *own = tanren_elements(batch, elements), *tau = tanren_elements(batch, k), *r = tanren_member(batch, has_q ? 2 : 1, index);
  void *work = NULL;
  bool has_memory = own != NULL && tau != NULL;
  if (has_memory) {
    memcpy(own, matrix, batch->arrays[0].stride);
    double query, other_query;
    batch->lapack->geqrf(&m, &n, own, &m, tau, &query, &size, &info);
    batch->lapack->orgqr(&m, &k, &k, own, &m, tau, &other_query, &other, &info);
    if (tanren_number(batch, &other_query, 0) > tanren_number(batch, &query, 0)) query = other_query;
    work = workspace(batch, &query, &size);
    has_memory = work != NULL;
  }
  if (has_memory) {
    batch->lapack->geqrf(&m, &n, own, &m, tau, work, &size, &info);
    for (int64_t j = 0; j < n; j++) {
      memcpy(
        r + (size_t)(j * k) * batch->element, own + (size_t)(j * m) * batch->element, (size_t)k * batch->element);
    }
    tanren_clear_triangle(batch, r, k, n, false);
    if (has_q) {
      batch->lapack->orgqr(&m, &k, &k, own, &m, tau, work, &size, &info);
      memcpy(tanren_member(batch, 1, index), own, batch->arrays[1].stride);
    }
  }
  free(own);
  free(tau);
  free(work);
  return has_memory;
}

XLA_FFI_Error *tanren_qr(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  static const char *name = "a QR decomposition";
  TanrenBatch batch = {0};
  bool has_q = tanren_has(frame, 1, 2);
  XLA_FFI_Error *error = tanren_batch_read(frame, name, has_q ? "M>MM" : "M>M", &batch);
  if (error != NULL) return error;
  int m = batch.arrays[0].rows, n = batch.arrays[0].columns, k = least(m, n);
  if (!tanren_batch_is(&batch, has_q ? 2 : 1, k, n) || (has_q && !tanren_batch_is(&batch, 1, m, k))) {
    return tanren_batch_misfit(frame, name);
  }
  if (k == 0) return NULL;
  return k > MOST ? too_large(frame, name) : tanren_batch_run(frame, name, &batch, qr_one);
}

// L and U in one matrix, whose diagonal is U's, of matrices A [..., n, n], and the numbers of A's rows in the order that
// L U has them.

static bool lu_one(const TanrenBatch *batch, int64_t index) {
  int n = batch->arrays[0].rows, info = 0;
  const void *matrix = tanren_member(batch, 0, index);
  if (!tanren_is_finite(batch, matrix, (int64_t)n * n)) {
    tanren_fill_nan(batch, 1, 1, index);
    int32_t *order = tanren_member(batch, 2, index);
    for (int i = 0; i < n; i++) order[i] = i;
    return true;
  }
  int *pivots = tanren_integers_for(n);
  if (pivots == NULL) return false;
  void *factors = tanren_member(batch, 1, index);
  memcpy(factors, matrix, batch->arrays[0].stride);
  // A singular matrix has factors too.
  batch->lapack->getrf(&n, &n, factors, &n, pivots, &info);
  int32_t *order = tanren_member(batch, 2, index);
  for (int i = 0; i < n; i++) order[i] = i;
  for (int i = 0; i < n; i++) {
    int32_t other = order[pivots[i] - 1];
    order[pivots[i] - 1] = order[i];
    order[i] = other;
  }
  free(pivots);
  return true;
}

XLA_FFI_Error *tanren_lu(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  static const char *name = "an LU decomposition";
  TanrenBatch batch = {0};
  XLA_FFI_Error *error = tanren_batch_read(frame, name, "M>MI", &batch);
  if (error != NULL) return error;
  int n = batch.arrays[0].rows;
  if (batch.arrays[0].columns != n || !tanren_batch_is(&batch, 1, n, n) || batch.arrays[2].rows != n) {
    return tanren_batch_misfit(frame, name);
  }
  return n == 0 ? NULL : tanren_batch_run(frame, name, &batch, lu_one);
}
