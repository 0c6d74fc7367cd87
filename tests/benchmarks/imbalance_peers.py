"""What others do about a rare label, each a linear classifier on the same embeddings."""

import numpy as np
from imblearn.over_sampling import SMOTE
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_recall_curve
from sklearn.model_selection import StratifiedKFold, cross_val_predict

N_NEIGHBOURS = 5
N_FOLDS = 5
FOCUS = 2.0
"""Gamma of the focal loss, as its authors chose it."""


def plain(vectors, is_rare, _seed):
    """Logistic regression as it comes; like every peer, scores above 0 say rare."""
    return _scores_of(LogisticRegression(C=10.0, max_iter=2000).fit(vectors, is_rare))


def class_weights(vectors, is_rare, _seed):
    """Logistic regression in which both labels count alike."""
    model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=2000)
    return _scores_of(model.fit(vectors, is_rare))


def focal_loss(vectors, is_rare, _seed):
    """
    A linear classifier by focal loss, the rare label's share weighing the other's messages.

    Source: Lin et al.: Focal loss for dense object detection.
    """
    signs = np.where(is_rare, 1.0, -1.0)
    weights = np.where(is_rare, 1 - is_rare.mean(), is_rare.mean())
    weights = weights / weights.mean()

    def loss_and_gradient(point):
        margins = signs * (vectors @ point[:-1] + point[-1])
        right, log_right = expit(margins), -np.logaddexp(0.0, -margins)
        hard = (1 - right) ** FOCUS
        loss = -(weights * hard * log_right).sum() * 30 + 0.5 * point[:-1] @ point[:-1]
        slopes = 30 * weights * hard * (FOCUS * right * log_right - (1 - right)) * signs
        return loss, np.append(vectors.T @ slopes + point[:-1], slopes.sum())

    start = np.zeros(vectors.shape[1] + 1)
    found = minimize(loss_and_gradient, start, jac=True, method="L-BFGS-B").x
    return lambda asked: asked @ found[:-1] + found[-1]


def smote_elastic_net(vectors, is_rare, seed):
    """Rare messages made up between neighbours, then an elastic net; training messages alone."""
    neighbours = min(N_NEIGHBOURS, int(is_rare.sum()) - 1)
    more, known = SMOTE(k_neighbors=neighbours, random_state=seed).fit_resample(vectors, is_rare)
    model = LogisticRegression(
        C=1.0, l1_ratio=0.5, solver="saga", max_iter=500, tol=1e-3, random_state=seed
    )
    return _scores_of(model.fit(more, known))


def moved_threshold(vectors, is_rare, seed):
    """Logistic regression whose threshold has the best F1 on cross-validated scores."""
    model = LogisticRegression(C=10.0, max_iter=2000)
    folds = StratifiedKFold(min(N_FOLDS, int(is_rare.sum())), shuffle=True, random_state=seed)
    held = cross_val_predict(model, vectors, is_rare, cv=folds, method="decision_function")
    precision, recall, thresholds = precision_recall_curve(is_rare, held)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    best = thresholds[np.argmax(f1[:-1])]
    scores = _scores_of(model.fit(vectors, is_rare))
    return lambda asked: scores(asked) - best + np.finfo(float).eps


PEERS = {
    "plain logistic regression": plain,
    "class weights": class_weights,
    "focal loss": focal_loss,
    "SMOTE + elastic net": smote_elastic_net,
    "moved threshold": moved_threshold,
}


def _scores_of(model):
    return model.decision_function
