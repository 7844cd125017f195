// The part of LAPACK and BLAS that is called here, as OpenBLAS has it in the build that SciPy is published with: names
// with the prefix scipy_, 32-bit integers. The library is loaded at run time. Matrices are column-major.

#ifndef TANREN_OPENBLAS_H
#define TANREN_OPENBLAS_H

#include <stddef.h>

// X(name, parameters) for each routine of LAPACK, without the letter of its element type. Fortran takes the lengths of
// strings after all other arguments.
#define TANREN_LAPACK_ROUTINES(X)                                                                                    \
  X(syevd, (const char *jobz, const char *uplo, const int *n, void *a, const int *lda, void *w, void *work,          \
            const int *lwork, int *iwork, const int *liwork, int *info, size_t, size_t))                             \
  X(geev, (const char *jobvl, const char *jobvr, const int *n, void *a, const int *lda, void *wr, void *wi, void *vl, \
           const int *ldvl, void *vr, const int *ldvr, void *work, const int *lwork, int *info, size_t, size_t))     \
  X(gesdd, (const char *jobz, const int *m, const int *n, void *a, const int *lda, void *s, void *u, const int *ldu, \
            void *vt, const int *ldvt, void *work, const int *lwork, int *iwork, int *info, size_t))                 \
  X(geqrf, (const int *m, const int *n, void *a, const int *lda, void *tau, void *work, const int *lwork, int *info)) \
  X(orgqr, (const int *m, const int *n, const int *k, void *a, const int *lda, const void *tau, void *work,          \
            const int *lwork, int *info))                                                                            \
  X(getrf, (const int *m, const int *n, void *a, const int *lda, int *ipiv, int *info))                              \
  X(getrs, (const char *trans, const int *n, const int *nrhs, const void *a, const int *lda, const int *ipiv, void *b, \
            const int *ldb, int *info, size_t))                                                                      \
  X(potrf, (const char *uplo, const int *n, void *a, const int *lda, int *info, size_t))                             \
  X(potrs, (const char *uplo, const int *n, const int *nrhs, const void *a, const int *lda, void *b, const int *ldb, \
            int *info, size_t))

// LAPACK's routines for one element type.
typedef struct {
#define X(name, parameters) void(*name) parameters;
  TANREN_LAPACK_ROUTINES(X)
#undef X
} TanrenLAPACK;

// BLAS in float64, and what there is to know of the library.
typedef struct {
  TanrenLAPACK single, twofold;
  void (*dsyrk)(
    const char *uplo, const char *trans, const int *n, const int *k, const double *alpha, const double *a,
    const int *lda, const double *beta, double *c, const int *ldc, size_t, size_t);
  void (*dgemm)(
    const char *transa, const char *transb, const int *m, const int *n, const int *k, const double *alpha,
    const double *a, const int *lda, const double *b, const int *ldb, const double *beta, double *c, const int *ldc,
    size_t, size_t);
  void (*dtrsm)(
    const char *side, const char *uplo, const char *trans, const char *diag, const int *m, const int *n,
    const double *alpha, const double *a, const int *lda, double *b, const int *ldb, size_t, size_t, size_t, size_t);
  char *(*get_config)(void);
  char *(*get_corename)(void);
} TanrenOpenBLASFunctions;

// The functions of the library that was loaded; NULL before.
const TanrenOpenBLASFunctions *tanren_openblas(void);

// The routines for an XLA element type; NULL if there are none, or no library.
const TanrenLAPACK *tanren_lapack(int dtype);

#endif
