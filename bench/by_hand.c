// One training step of a small network, as one would write it by hand for a machine.
//
// Sizes are macros, so that every loop has a constant length:
//   LAYERS (1 to 3), N0 N1 N2 N3 (neurons, from the input on), BATCH, RATE,
//   TANH or RELU (hidden layers), CROSS_ENTROPY (logits) or else mse on sigmoid
//   outputs, ADAM or else plain gradient descent.
// Weights lie as [in][out], followed by the bias [out], layer after layer, in one array.

#include <string.h>

#define INLINE static inline __attribute__((always_inline))
typedef float f16 __attribute__((vector_size(64), aligned(4), may_alias));
typedef float f8 __attribute__((vector_size(32), aligned(4), may_alias));
typedef float f4 __attribute__((vector_size(16), aligned(4), may_alias));
typedef float f1 __attribute__((may_alias));

#ifdef __AVX512F__
#define MOST_ROWS 8
#else
#define MOST_ROWS 2
#endif

// e^x for x in [-87, 87], to 2 units in the last place.
INLINE float exponential(float x) {
  x = x > 87.0f ? 87.0f : x < -87.0f ? -87.0f : x;
  int n = (int)(x * 1.44269504f + (x < 0 ? -0.5f : 0.5f));
  float r = x - n * 0.693359375f + n * 2.12194440e-4f;
  float p = 1.9875691e-4f;
  p = p * r + 1.3981999e-3f;
  p = p * r + 8.3334519e-3f;
  p = p * r + 4.1665796e-2f;
  p = p * r + 1.6666665e-1f;
  p = p * r + 0.5f;
  union { int i; float f; } scale = {(n + 127) << 23};
  return (p * r * r + r + 1.0f) * scale.f;
}

INLINE float sigmoid(float x) { return 1.0f / (1.0f + exponential(-x)); }
INLINE float tangent(float x) { return 1.0f - 2.0f / (1.0f + exponential(2.0f * x)); }

// A tile of c[m][n] = start + sum over k of a[m*am + k*ak] * b[k*bk + n].
#define TILE(NAME, VEC, V)                                                            \
  INLINE void NAME(const long R, long K, const float *a, long am, long ak,            \
                   const float *b, long bk, float *c, long cm, const float *bias) {   \
    enum { W = sizeof(VEC) / 4 };                                                     \
    VEC sum[MOST_ROWS][V];                                                            \
    for (long r = 0; r < R; r++)                                                      \
      for (long v = 0; v < V; v++)                                                    \
        sum[r][v] = bias ? *(const VEC *)(bias + v * W) : (VEC){0};                   \
    for (long k = 0; k < K; k++)                                                      \
      for (long v = 0; v < V; v++) {                                                  \
        VEC x = *(const VEC *)(b + k * bk + v * W);                                   \
        _Pragma("GCC unroll 8") for (long r = 0; r < R; r++) sum[r][v] +=             \
            a[r * am + k * ak] * x;                                                   \
      }                                                                               \
    for (long r = 0; r < R; r++)                                                      \
      for (long v = 0; v < V; v++) *(VEC *)(c + r * cm + v * W) = sum[r][v];          \
  }
TILE(tile32, f16, 2)
TILE(tile16, f16, 1)
TILE(tile8, f8, 1)
TILE(tile4, f4, 1)
TILE(tile1, f1, 1)

#define ROWS(TILE_OF, R)                                                              \
  for (; m + R <= M; m += R)                                                          \
    TILE_OF(R, K, a + m * am, am, ak, b + n, bk, c + m * cm + n, cm,                  \
            bias ? bias + n : 0);
#define COLUMNS(TILE_OF, W)                                                           \
  for (; n + W <= N; n += W) {                                                        \
    long m = 0;                                                                       \
    ROWS(TILE_OF, MOST_ROWS)                                                          \
    if (MOST_ROWS > 2) { ROWS(TILE_OF, 2) }                                           \
    ROWS(TILE_OF, 1)                                                                  \
  }

INLINE void multiply(long M, long N, long K, const float *a, long am, long ak,
                     const float *b, long bk, float *c, long cm, const float *bias) {
  long n = 0;
  COLUMNS(tile32, 32)
  COLUMNS(tile16, 16)
  COLUMNS(tile8, 8)
  COLUMNS(tile4, 4)
  COLUMNS(tile1, 1)
}

INLINE void forward(long rows, long in, long out, const float *x, const float *w,
                    float *y, int last) {
  multiply(rows, out, in, x, in, 1, w, out, y, out, w + in * out);
  for (long i = 0; i < rows * out; i++) {
#ifdef TANH
    if (!last) y[i] = tangent(y[i]);
#else
    if (!last) y[i] = y[i] > 0 ? y[i] : 0;
#endif
#ifndef CROSS_ENTROPY
    if (last) y[i] = sigmoid(y[i]);
#endif
  }
}

// d: the derivative of E by the last layer's sums.
INLINE void error(long rows, long out, const float *y, const float *t, float *d) {
#ifdef CROSS_ENTROPY
  for (long r = 0; r < rows; r++, y += out, t += out, d += out) {
    float most = y[0], sum = 0;
    for (long j = 1; j < out; j++) most = y[j] > most ? y[j] : most;
    for (long j = 0; j < out; j++) sum += d[j] = exponential(y[j] - most);
    for (long j = 0; j < out; j++) d[j] = (d[j] / sum - t[j]) * (1.0f / rows);
  }
#else
  for (long i = 0; i < rows * out; i++)
    d[i] = 2.0f / (rows * out) * (y[i] - t[i]) * y[i] * (1 - y[i]);
#endif
}

// g: the gradient of weight and bias.
INLINE void gradient(long rows, long in, long out, const float *x, const float *d,
                     float *g) {
  multiply(in, out, rows, x, 1, in, d, out, g, out, 0);
  float *bias = g + in * out;
  for (long j = 0; j < out; j++) bias[j] = 0;
  for (long r = 0; r < rows; r++)
    for (long j = 0; j < out; j++) bias[j] += d[r * out + j];
}

// before: the derivative of E by the sums of the layer before, whose outputs are x.
INLINE void backward(long rows, long in, long out, const float *x, const float *w,
                     const float *d, float *turned, float *before) {
  for (long j = 0; j < out; j++)
    for (long i = 0; i < in; i++) turned[j * in + i] = w[i * out + j];
  multiply(rows, in, out, d, out, 1, turned, in, before, in, 0);
  for (long i = 0; i < rows * in; i++)
#ifdef TANH
    before[i] *= 1 - x[i] * x[i];
#else
    before[i] = x[i] > 0 ? before[i] : 0;
#endif
}

#define SIZE(IN, OUT) ((IN) * (OUT) + (OUT))
#define SIZE1 SIZE(N0, N1)
#if LAYERS == 1
#define SIZE_ALL SIZE1
#define LAST N1
#elif LAYERS == 2
#define SIZE_ALL (SIZE1 + SIZE(N1, N2))
#define LAST N2
#else
#define SIZE2 SIZE(N1, N2)
#define SIZE_ALL (SIZE1 + SIZE2 + SIZE(N2, N3))
#define LAST N3
#endif

// state: for Adam the means, then the mean squares; decay[0], decay[1]: β₁ᵗ and β₂ᵗ.
INLINE void update(float *restrict w, const float *restrict g, float *restrict state,
                   double *decay) {
#ifdef ADAM
  float *restrict m = state, *restrict v = state + SIZE_ALL;
  decay[0] *= 0.9;
  decay[1] *= 0.999;
  float first = 1 / (1 - decay[0]), second = 1 / (1 - decay[1]);
  for (long i = 0; i < SIZE_ALL; i++) {
    m[i] = 0.9f * m[i] + 0.1f * g[i];
    v[i] = 0.999f * v[i] + 0.001f * g[i] * g[i];
    w[i] -= RATE * (m[i] * first) / (__builtin_sqrtf(v[i] * second) + 1e-8f);
  }
#else
  for (long i = 0; i < SIZE_ALL; i++) w[i] -= RATE * g[i];
#endif
}

INLINE void step(long rows, float *w, float *state, double *decay, const float *x,
                 const float *t) {
  static float g[SIZE_ALL], y1[BATCH * N1], d1[BATCH * N1];
#if LAYERS == 1
  forward(rows, N0, N1, x, w, y1, 1);
  error(rows, N1, y1, t, d1);
#else
  static float y2[BATCH * N2], d2[BATCH * N2], turned2[N1 * N2];
  float *w2 = w + SIZE1, *g2 = g + SIZE1;
  forward(rows, N0, N1, x, w, y1, 0);
  forward(rows, N1, N2, y1, w2, y2, LAYERS == 2);
#if LAYERS == 2
  error(rows, N2, y2, t, d2);
#else
  static float y3[BATCH * N3], d3[BATCH * N3], turned3[N2 * N3];
  float *w3 = w2 + SIZE2, *g3 = g2 + SIZE2;
  forward(rows, N2, N3, y2, w3, y3, 1);
  error(rows, N3, y3, t, d3);
  gradient(rows, N2, N3, y2, d3, g3);
  backward(rows, N2, N3, y2, w3, d3, turned3, d2);
#endif
  gradient(rows, N1, N2, y1, d2, g2);
  backward(rows, N1, N2, y1, w2, d2, turned2, d1);
#endif
  gradient(rows, N0, N1, x, d1, g);
  update(w, g, state, decay);
}

// Steps through the samples in batches, from the step `begin` on, again and again.
void train(float *w, float *state, double *decay, const float *x, const float *t,
           long batches, long begin, long steps) {
  for (long s = begin, k = begin % batches; s < begin + steps; s++) {
    step(BATCH, w, state, decay, x + k * BATCH * N0, t + k * BATCH * LAST);
    k = k + 1 == batches ? 0 : k + 1;
  }
}

// One epoch in an order of its own; the last batch holds what is left.
void epoch(float *w, float *state, double *decay, const float *x, const float *t,
           long samples, const long *order) {
  static float xs[BATCH * N0], ts[BATCH * LAST];
  for (long start = 0; start < samples; start += BATCH) {
    long rows = samples - start < BATCH ? samples - start : BATCH;
    for (long r = 0; r < rows; r++) {
      memcpy(xs + r * N0, x + order[start + r] * N0, sizeof(float) * N0);
      memcpy(ts + r * LAST, t + order[start + r] * LAST, sizeof(float) * LAST);
    }
    if (rows == BATCH)
      step(BATCH, w, state, decay, xs, ts);
    else
      step(rows, w, state, decay, xs, ts);
  }
}
