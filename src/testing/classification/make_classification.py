"""Figures of scikit-learn and SciPy for classMetrics.test.ts and calibration.test.ts: python3 make_classification.py > classification.json"""
import json, numpy as np
from sklearn.metrics import balanced_accuracy_score, f1_score, precision_recall_fscore_support, log_loss
from scipy.optimize import minimize_scalar
from scipy.special import softmax
rng=np.random.default_rng(7)
N,K=60,4
labels=rng.choice(K,N,p=[.6,.25,.15,0.0]); 
logits=rng.normal(size=(N,K)); logits[np.arange(N),labels]+=1.5; logits*=3; logits=logits.astype(np.float32).round(3)
pred=logits.argmax(1)
p,r,f,s=precision_recall_fscore_support(labels,pred,labels=range(K),zero_division=0)
def ece(T):
    pr=softmax(logits.astype(np.float64)/T,1); conf=pr.max(1); ok=pr.argmax(1)==labels
    e=0
    for lo in range(15):
        m=(conf>lo/15)&(conf<=(lo+1)/15)
        if m.any(): e+=m.mean()*abs(ok[m].mean()-conf[m].mean())
    return e
nll=lambda t: log_loss(labels,softmax(logits.astype(np.float64)/np.exp(t),1),labels=range(K))
T=float(np.exp(minimize_scalar(nll,bounds=(-3,3),method='bounded',options={'xatol':1e-10}).x))
out=dict(classes=K,labels=labels.tolist(),logits=[float(v) for v in logits.ravel()],precision=p.tolist(),recall=r.tolist(),f1=f.tolist(),support=s.tolist(),
 balancedAccuracy=balanced_accuracy_score(labels,pred),macroF1=f1_score(labels,pred,average='macro',labels=sorted(set(labels)|set(pred)),zero_division=0),
 nll=nll(0),ece=ece(1),temperature=T,eceAfter=ece(T))
probabilities = softmax(logits.astype(np.float64), 1).astype(np.float32)
with np.errstate(invalid="ignore"):
    thresholds = np.array([probabilities[labels == k, k].mean() if (labels == k).any() else np.inf for k in range(K)])
above = probabilities >= thresholds - 1e-6
truth = np.where(above, probabilities, -1).argmax(1)
joint = np.zeros((K, K), int)
np.add.at(joint, (labels[above.any(1)], truth[above.any(1)]), 1)
joint[np.diag_indices(K)] = np.maximum(1, np.diag(joint))
out["joint"] = np.rint(joint / joint.sum(1, keepdims=True) * np.bincount(labels, minlength=K)[:, None]).astype(int).tolist()
print(json.dumps(out))
