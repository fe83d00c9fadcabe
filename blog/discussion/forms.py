from django import forms


class CommentForm(forms.Form):
    """The form without a script. What is said is judged by the verb; here only its shape."""

    text = forms.CharField(required=False, strip=False)
    name = forms.CharField(required=False, max_length=60)
    email = forms.EmailField(required=False)
    notify = forms.BooleanField(required=False)
    parent = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    website = forms.CharField(required=False, max_length=2000)
    ticket = forms.CharField(required=False, max_length=400)
